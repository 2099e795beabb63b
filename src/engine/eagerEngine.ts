import * as tf from '@tensorflow/tfjs';
import { UsageError } from '../error.js';
import type {
  Compiled,
  CompileOptions,
  Context,
  Engine,
  HostTensor,
  HostTensors,
  Noise,
  TensorFunction,
} from './engine.js';
import { onBackend } from './trace.js';

/** Runs functions operation by operation on one of TensorFlow.js's own back ends. */
export class EagerEngine implements Engine {
  readonly description: string;

  private constructor(readonly name: 'wasm' | 'cpu') {
    const kind = name === 'wasm' ? 'WebAssembly with SIMD' : 'plain JavaScript';
    this.description = `TensorFlow.js ${tf.version.tfjs}, ${kind}, 1 thread`;
  }

  static async open(name: 'wasm' | 'cpu'): Promise<EagerEngine> {
    tf.enableProdMode(); // TensorFlow.js greets with a hint to install tfjs-node otherwise
    if (name === 'wasm') {
      await import('@tensorflow/tfjs-backend-wasm');
      registerMissingWasmKernels();
    }
    const before = tf.engine().backendName;
    if (!(await tf.setBackend(name))) throw new Error(`TensorFlow.js could not start its back end ${name}.`);
    if (before) await tf.setBackend(before);
    return new EagerEngine(name);
  }

  compile(fn: TensorFunction, _: unknown, { train = false, fixed, precision }: CompileOptions = {}): Compiled {
    if (precision === 'int8') {
      throw new UsageError(`The engine ${this.name} computes in full precision alone; int8 needs the engine onnx.`);
    }
    const run = async (inputs: HostTensors, noise?: Noise) =>
      onBackend(this.name, () => runEagerly(fn, { ...fixed, ...inputs }, noise, train));
    return { run, dispose: async () => {} };
  }
}

function runEagerly(fn: TensorFunction, inputs: HostTensors, noise: Noise | undefined, train: boolean): HostTensors {
  const results: HostTensors = {};
  tf.tidy(() => {
    const given = Object.entries(inputs).map(([name, { data, shape }]) => {
      return [name, tf.tensor(data, [...shape], data instanceof Float32Array ? 'float32' : 'int32')] as const;
    });
    const outputs = fn(Object.fromEntries(given), context(noise, train));
    for (const [name, tensor] of Object.entries(outputs)) {
      results[name] = { data: tensor.dataSync() as HostTensor['data'], shape: tensor.shape };
      tensor.dispose();
    }
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

/** The gradient of a gather; TensorFlow.js's wasm back end lacks it. */
function registerMissingWasmKernels(): void {
  if (tf.getKernel('UnsortedSegmentSum', 'wasm')) return;
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const storage = backend as tf.KernelBackend;
      const { x, segmentIds } = inputs as Record<string, tf.TensorInfo>;
      const rows = storage.readSync(x.dataId) as Float32Array;
      const segments = storage.readSync(segmentIds.dataId) as Int32Array;
      const shape = [attrs!.numSegments as number, ...x.shape.slice(1)];
      const width = rows.length / segments.length;
      const sums = new Float32Array(shape[0] * width);
      for (let i = 0; i < segments.length; i++) {
        for (let j = 0; j < width; j++) sums[segments[i] * width + j] += rows[i * width + j];
      }
      return { dataId: storage.write(sums, shape, 'float32'), shape, dtype: 'float32' };
    },
  });
}
