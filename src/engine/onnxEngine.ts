import * as tf from '@tensorflow/tfjs';
import type { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { usableCores } from '../cores.js';
import { UsageError } from '../error.js';
import type {
  Compiled,
  CompileOptions,
  Engine,
  HostTensor,
  HostTensors,
  Noise,
  Precision,
  Signature,
  TensorFunction,
} from './engine.js';
import type { Binding, Graph } from './graph.js';
import { bindGraph, bindingOf, fixInputs, symbolsOf } from './graph.js';
import { type GpuProvider, requireGpu } from './onnx/gpuProvider.js';
import { KeptTensors, outputLocations } from './onnx/keptTensors.js';
import { lowerToOnnx } from './onnx/lower.js';
import { optimize } from './passes/index.js';
import { trace } from './trace.js';

type OnnxRuntime = typeof import('onnxruntime-node');
type SessionOptions = InferenceSession.SessionOptions;
type OnnxName = 'onnx' | GpuProvider;

/** Runs traced functions natively, by ONNX Runtime: on the CPU, or on a GPU by one of its other execution providers. */
export class OnnxEngine implements Engine {
  readonly keep?: Engine['keep'];

  private constructor(
    readonly name: OnnxName,
    readonly description: string,
    private readonly runtime: OnnxRuntime,
    private readonly options: SessionOptions,
  ) {
    // The binding can leave tensors in WebGPU's memory alone.
    if (name === 'webgpu') this.keep = (tensors) => KeptTensors.upload(runtime, options, tensors);
  }

  /** @throws where the package, its native library or the GPU is missing */
  static async open(threads = usableCores(), name: OnnxName = 'onnx'): Promise<OnnxEngine> {
    tf.enableProdMode(); // folding constants wakes a back end of TensorFlow.js, which greets otherwise
    const runtime = await import('onnxruntime-node');
    const options = sessionOptions(name, threads);
    const where = name === 'onnx' ? 'on the CPU' : `by ${name} on ${await requireGpu(name, runtime, options)}`;
    const description = `ONNX Runtime ${runtime.env.versions.node ?? ''} ${where}, ${threads} threads`;
    return new OnnxEngine(name, description, runtime, options);
  }

  compile(fn: TensorFunction, signature: Signature, options: CompileOptions = {}): Compiled {
    const { train, fixed = {}, kept, precision, sums } = options;
    if (precision === 'int8' && this.name !== 'onnx') {
      throw new UsageError(`The engine ${this.name} has no products in eight bits; int8 needs the engine onnx.`);
    }
    const graph = fixInputs(trace(fn, signature, { train, sums }), fixed);
    const { runtime, options: session } = this;
    return new CompiledGraph({
      runtime,
      options: session,
      graph,
      precision,
      kept: kept as KeptTensors | undefined,
      bind: !options.fixed,
    });
  }
}

interface Compilation {
  readonly runtime: OnnxRuntime;
  readonly options: SessionOptions;
  readonly graph: Graph;
  readonly precision?: Precision;
  readonly kept?: KeptTensors;
  /**
   * Whether each binding of the symbols has a session of its own, whose buffers ONNX Runtime plans in advance: a tenth
   * faster. Without it one session takes any shape, so that what is constant is held in memory once.
   */
  readonly bind: boolean;
}

/** One recorded graph and its ONNX Runtime sessions. */
class CompiledGraph implements Compiled {
  private readonly sessions = new Map<string, Promise<BoundSession>>();
  private readonly symbols: string[];

  constructor(private readonly of: Compilation) {
    this.symbols = of.bind ? symbolsOf(of.graph) : [];
  }

  async run(inputs: HostTensors, noise?: Noise): Promise<HostTensors> {
    const { kept } = this.of;
    const shapes = Object.fromEntries([
      ...Object.entries(inputs).map(([name, { shape }]) => [name, shape]),
      ...Object.entries(kept?.tensors ?? {}).map(([name, { dims }]) => [name, dims]),
    ]);
    const { graph, session } = await this.bound(bindingOf(this.of.graph, shapes));
    const made = await session.run({ ...this.feeds(graph, inputs, noise), ...kept?.tensors });
    const results = kept?.replace(made) ?? made;
    return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, fromOnnx(tensor)]));
  }

  async dispose(): Promise<void> {
    for (const { session } of await Promise.all(this.sessions.values())) await session.release();
    this.sessions.clear();
  }

  private bound(binding: Binding): Promise<BoundSession> {
    const key = this.symbols.map((symbol) => binding[symbol]).join();
    const session = this.sessions.get(key) ?? this.open(binding);
    this.sessions.set(key, session);
    return session;
  }

  private async open(binding: Binding): Promise<BoundSession> {
    const { runtime, options, precision, kept, bind } = this.of;
    const graph = optimize(bind ? bindGraph(this.of.graph, binding) : this.of.graph, { precision });
    const located = kept && { preferredOutputLocation: outputLocations(graph, Object.keys(kept.tensors)) };
    const session = await runtime.InferenceSession.create(lowerToOnnx(graph), { ...options, ...located });
    return { graph, session };
  }

  private feeds(graph: Graph, inputs: HostTensors, noise?: Noise): Record<string, OnnxTensor> {
    const masks = graph.inputs.filter(({ dropoutRate }) => dropoutRate !== undefined);
    if (masks.length > 0 && !noise) throw new Error('The function has dropout: give it noise.');
    const feeds = Object.entries(inputs).map(([name, tensor]) => [name, this.toOnnx(tensor)]);
    const dropout = masks.map(({ name, value, dropoutRate }, index) => {
      const shape = value.shape as number[];
      const length = shape.reduce((product, size) => product * size, 1);
      return [name, this.toOnnx({ data: noise!(index, length, dropoutRate!), shape })];
    });
    return Object.fromEntries([...feeds, ...dropout]);
  }

  private toOnnx({ data, shape }: HostTensor): OnnxTensor {
    const { Tensor } = this.of.runtime;
    return data instanceof Float32Array ? new Tensor('float32', data, shape) : new Tensor('int32', data, shape);
  }
}

function sessionOptions(name: OnnxName, threads: number): SessionOptions {
  return {
    executionProviders: [name === 'onnx' ? 'cpu' : name],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Shapes are fixed within a session: the pattern would only hold a second copy of its buffers.
    enableMemPattern: false,
    logSeverityLevel: 3,
    // Each session has threads of its own; those of an idle one must not spin beside the one that runs: with batches of
    // several lengths in turn a training step takes 60 ms in place of 98.
    extra: { session: { force_spinning_stop: '1' } },
  };
}

interface BoundSession {
  readonly graph: Graph;
  readonly session: InferenceSession;
}

function fromOnnx(tensor: OnnxTensor): HostTensor {
  return { data: tensor.data as Float32Array | Int32Array, shape: tensor.dims };
}
