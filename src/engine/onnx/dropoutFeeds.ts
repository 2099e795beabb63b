import type { InferenceSession } from 'onnxruntime-node';
import type { HostTensors, Noise } from '../engine.js';
import { windowInputs } from '../passes/windows.js';
import { KeptTensors } from './keptTensors.js';
import { type OnnxRuntime, type OnnxTensors, toOnnx } from './tensors.js';

/** A mask that a graph takes. */
export interface Mask {
  readonly name: string;
  readonly shape: readonly number[];
  readonly rate: number;
}

/** What feeds a graph's dropout masks. */
export interface DropoutFeeds {
  feeds(masks: readonly Mask[], noise: Noise): Promise<OnnxTensors>;
  dispose(): Promise<void>;
}

/** Each mask as an input of its own, without a copy. */
export function maskFeeds(runtime: OnnxRuntime): DropoutFeeds {
  return {
    async feeds(masks, noise) {
      const data = masks.map((mask, i) => [mask.name, { data: noise(i, sizeOf(mask), mask.rate), shape: mask.shape }]);
      return toOnnx(runtime, Object.fromEntries(data));
    },
    dispose: async () => {},
  };
}

/** Masks as windows of their pools, which the GPU keeps; for a graph after the pass `masksFromPools`. */
export function windowFeeds(runtime: OnnxRuntime, options: InferenceSession.SessionOptions): DropoutFeeds {
  const kept = new Map<ArrayBufferLike, Promise<KeptTensors>>();
  const poolOf = ({ buffer }: Float32Array): Promise<KeptTensors> => {
    const data = new Float32Array(buffer);
    const pool = kept.get(buffer) ?? KeptTensors.upload(runtime, options, { pool: { data, shape: [data.length] } });
    kept.set(buffer, pool);
    return pool;
  };
  const place = (at: number) => ({ data: Int32Array.of(at), shape: [1] });
  return {
    async feeds(masks, noise) {
      const pools: Record<string, OnnxTensors[string]> = {};
      const places: HostTensors = {};
      for (const [i, mask] of masks.entries()) {
        const window = noise(i, sizeOf(mask), mask.rate);
        const { pool, start, end } = windowInputs(mask.name);
        const first = window.byteOffset / window.BYTES_PER_ELEMENT;
        pools[pool] = (await poolOf(window)).tensors.pool;
        places[start] = place(first);
        places[end] = place(first + window.length);
      }
      return { ...pools, ...toOnnx(runtime, places) };
    },
    async dispose() {
      for (const pool of await Promise.all(kept.values())) await pool.dispose();
      kept.clear();
    },
  };
}

function sizeOf({ shape }: Mask): number {
  return shape.reduce((product, size) => product * size, 1);
}
