import type { InferenceSession } from 'onnxruntime-node';
import { type HostTensors, type Kept, nextOf } from '../engine.js';
import type { Graph, Value } from '../graph.js';
import { lowerToOnnx } from './lower.js';
import { fromOnnx, type OnnxRuntime, type OnnxTensors, toOnnx } from './tensors.js';

/** Tensors in the memory of the GPU that the provider `webgpu` computes on; every session may read them. */
export class KeptTensors implements Kept {
  private constructor(
    /** By the name of the input that they are. */
    private now: OnnxTensors,
    /** The session whose memory they lie in at first, and the one that copies them to the host. */
    private readonly sessions: { upload: InferenceSession; download: InferenceSession },
  ) {}

  static async upload(
    runtime: OnnxRuntime,
    options: InferenceSession.SessionOptions,
    tensors: HostTensors,
  ): Promise<KeptTensors> {
    const copy = lowerToOnnx(copyGraph(tensors));
    const { InferenceSession } = runtime;
    const upload = await InferenceSession.create(copy, { ...options, preferredOutputLocation: 'gpu-buffer' });
    const download = await InferenceSession.create(copy, options);
    const uploaded = await upload.run(toOnnx(runtime, tensors));
    return new KeptTensors(originals(uploaded), { upload, download });
  }

  get tensors(): OnnxTensors {
    return this.now;
  }

  /** Takes what a run made for them in their place. @returns the other outputs */
  replace(results: OnnxTensors): OnnxTensors {
    const replaced = Object.keys(this.now).filter((name) => results[nextOf(name)]);
    for (const name of replaced) this.now[name].dispose();
    this.now = { ...this.now, ...Object.fromEntries(replaced.map((name) => [name, results[nextOf(name)]])) };
    const taken = new Set(replaced.map(nextOf));
    return Object.fromEntries(Object.entries(results).filter(([name]) => !taken.has(name)));
  }

  /** `getData()` of a tensor on the GPU ends the process in Node, so that a model copies them to the host. */
  async read(): Promise<HostTensors> {
    return fromOnnx(originals(await this.sessions.download.run(this.now)));
  }

  async dispose(): Promise<void> {
    for (const tensor of Object.values(this.now)) tensor.dispose();
    await this.sessions.upload.release();
    await this.sessions.download.release();
  }
}

/** Where a session leaves each output of a graph: on the GPU what takes the place of a kept tensor. */
export function outputLocations(graph: Graph, kept: readonly string[]): Record<string, 'cpu' | 'gpu-buffer'> {
  const taken = new Set(kept.map(nextOf));
  return Object.fromEntries(graph.outputs.map(({ name }) => [name, taken.has(name) ? 'gpu-buffer' : 'cpu']));
}

/** The graph that gives each tensor back as `next/<name>`. */
function copyGraph(tensors: HostTensors): Graph {
  const inputs = Object.entries(tensors).map(([name, { data, shape }]) => {
    const value: Value = { shape, dtype: data instanceof Float32Array ? 'float32' : 'int32' };
    return { name, value };
  });
  return { inputs, nodes: [], outputs: inputs.map(({ name, value }) => ({ name: nextOf(name), value })) };
}

/** Copies by the names of what they are copies of. */
function originals(copies: OnnxTensors): OnnxTensors {
  const entries = Object.entries(copies).map(([name, tensor]) => [name.slice(nextOf('').length), tensor]);
  return Object.fromEntries(entries);
}
