import * as tf from '@tensorflow/tfjs';
import type { InferenceSession } from 'onnxruntime-node';
import { usableCores } from '../cores.js';
import { UsageError } from '../error.js';
import type {
  Compiled,
  CompileOptions,
  Engine,
  HostTensors,
  Noise,
  Precision,
  Signature,
  TensorFunction,
} from './engine.js';
import type { Binding, Graph } from './graph.js';
import { bindGraph, bindingOf, fixInputs, symbolsOf } from './graph.js';
import { type DropoutFeeds, type Mask, maskFeeds, windowFeeds } from './onnx/dropoutFeeds.js';
import { type GpuProvider, requireGpu } from './onnx/gpuProvider.js';
import { KeptTensors, outputLocations } from './onnx/keptTensors.js';
import { lowerToOnnx } from './onnx/lower.js';
import { fromOnnx, type OnnxRuntime, toOnnx } from './onnx/tensors.js';
import { optimize } from './passes/index.js';
import { masksFromPools } from './passes/windows.js';
import { trace } from './trace.js';

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
      pools: this.keep && windowFeeds(runtime, session),
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
  /** Feeds masks out of pools that the device keeps. */
  readonly pools?: DropoutFeeds;
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
  private readonly dropout: DropoutFeeds;

  constructor(private readonly of: Compilation) {
    this.symbols = of.bind ? symbolsOf(of.graph) : [];
    this.dropout = of.pools ?? maskFeeds(of.runtime);
  }

  async run(inputs: HostTensors, noise?: Noise): Promise<HostTensors> {
    const { kept } = this.of;
    const shapes = Object.fromEntries([
      ...Object.entries(inputs).map(([name, { shape }]) => [name, shape]),
      ...Object.entries(kept?.tensors ?? {}).map(([name, { dims }]) => [name, dims]),
    ]);
    const { masks, session } = await this.bound(bindingOf(this.of.graph, shapes));
    if (masks.length > 0 && !noise) throw new Error('The function has dropout: give it noise.');
    const dropout = noise && (await this.dropout.feeds(masks, noise));
    const made = await session.run({ ...toOnnx(this.of.runtime, inputs), ...dropout, ...kept?.tensors });
    return fromOnnx(kept?.replace(made) ?? made);
  }

  async dispose(): Promise<void> {
    await this.dropout.dispose();
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
    const { runtime, options, precision, kept, pools, bind } = this.of;
    const bound = bind ? bindGraph(this.of.graph, binding) : this.of.graph;
    const device = options.executionProviders?.includes('cpu') ? 'cpu' : 'gpu';
    const graph = optimize(pools ? masksFromPools(bound) : bound, { precision, device });
    const located = kept && { preferredOutputLocation: outputLocations(graph, Object.keys(kept.tensors)) };
    const session = await runtime.InferenceSession.create(lowerToOnnx(graph), { ...options, ...located });
    return { masks: masksOf(bound), session };
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
  readonly masks: readonly Mask[];
  readonly session: InferenceSession;
}

function masksOf({ inputs }: Graph): Mask[] {
  return inputs.flatMap(({ name, value, dropoutRate: rate }) =>
    rate === undefined ? [] : [{ name, shape: value.shape as readonly number[], rate }],
  );
}
