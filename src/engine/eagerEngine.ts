import * as tf from '@tensorflow/tfjs';
import { UsageError } from '../error.js';
import { download, EagerKept, upload } from './eagerTensors.js';
import type {
  Compiled,
  CompileOptions,
  Context,
  Engine,
  HostTensors,
  Noise,
  TensorFunction,
  Tensors,
} from './engine.js';
import { loadNativeTensorFlow, NATIVE_BACKEND } from './nativeTensorFlow.js';
import { onBackend } from './trace.js';
import { completeWasmKernels } from './wasmKernels.js';

export type EagerName = 'tfjs-node-gpu' | 'tfjs-node' | 'wasm' | 'cpu';

/** Runs functions operation by operation on one of TensorFlow.js's own back ends, or on native TensorFlow's. */
export class EagerEngine implements Engine {
  readonly keep?: Engine['keep'];

  private constructor(
    readonly name: EagerName,
    readonly description: string,
    /** What TensorFlow.js calls the back end. */
    readonly backend: string,
  ) {
    if (name === 'tfjs-node-gpu') this.keep = async (tensors) => new EagerKept(backend, tensors);
  }

  /** @throws UserError where the optional package of a native engine can't be used */
  static async open(name: EagerName, threads?: number): Promise<EagerEngine> {
    tf.enableProdMode(); // TensorFlow.js greets with a hint to install tfjs-node otherwise
    const before = tf.engine().backendName;
    try {
      const { backend, description } = await loadBackend(name, threads);
      if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js could not start its back end ${backend}.`);
      return new EagerEngine(name, description, backend);
    } finally {
      if (before) await tf.setBackend(before);
    }
  }

  compile(fn: TensorFunction, _: unknown, options: CompileOptions = {}): Compiled {
    const { train = false, fixed = {}, precision } = options;
    const kept = options.kept as EagerKept | undefined;
    if (precision === 'int8') {
      throw new UsageError(`The engine ${this.name} computes in full precision alone; int8 needs the engine onnx.`);
    }
    let constants: Tensors | undefined;
    return {
      run: async (inputs, noise) =>
        onBackend(this.backend, () => {
          constants ??= upload(fixed);
          return runEagerly(fn, { ...constants, ...kept?.tensors }, inputs, context(noise, train), kept);
        }),
      dispose: async () => {
        if (constants) tf.dispose(constants);
        constants = undefined;
      },
    };
  }
}

function runEagerly(
  fn: TensorFunction,
  here: Tensors,
  inputs: HostTensors,
  context: Context,
  kept?: EagerKept,
): HostTensors {
  let results: HostTensors = {};
  tf.tidy(() => {
    const made = fn({ ...here, ...upload(inputs) }, context);
    const outputs = kept?.replace(made) ?? made;
    results = download(outputs);
    tf.dispose(outputs);
  });
  return results;
}

function context(noise: Noise | undefined, train: boolean): Context {
  let index = 0;
  return {
    dropout: (x, rate) => {
      if (!train || rate === 0) return x;
      if (!noise) throw new Error('The function has dropout: give it noise.');
      return tf.mul(x, tf.tensor(noise(index++, x.size, rate), x.shape));
    },
  };
}

async function loadBackend(name: EagerName, threads?: number): Promise<{ backend: string; description: string }> {
  const library = `TensorFlow.js ${tf.version.tfjs}`;
  switch (name) {
    case 'cpu':
      return { backend: 'cpu', description: `${library}, plain JavaScript, 1 thread` };
    case 'wasm':
      await import('@tensorflow/tfjs-backend-wasm');
      completeWasmKernels();
      return { backend: 'wasm', description: `${library}, WebAssembly with SIMD, 1 thread` };
    default:
      return { backend: NATIVE_BACKEND, description: await loadNativeTensorFlow(name, threads) };
  }
}
