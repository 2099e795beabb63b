import * as tf from '@tensorflow/tfjs';
import * as onnxruntime from 'onnxruntime-node';
import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { HostTensors, Signature, TensorFunction } from '../../src/engine/engine.js';
import { bindGraph, type Graph } from '../../src/engine/graph.js';
import { lowerToOnnx } from '../../src/engine/onnx/lower.js';
import { fromOnnx, toOnnx } from '../../src/engine/onnx/tensors.js';
import { optimize } from '../../src/engine/passes/index.js';
import { masksFromPools, windowInputs } from '../../src/engine/passes/windows.js';
import { trace } from '../../src/engine/trace.js';
import { difference, RandomTensors } from './random.js';

/** By ONNX Runtime on the CPU, as the graph is. */
async function run(graph: Graph, inputs: HostTensors): Promise<HostTensors> {
  const session = await InferenceSession.create(lowerToOnnx(graph));
  return fromOnnx(await session.run(toOnnx(onnxruntime, inputs)));
}

describe('passes that a GPU asks for', () => {
  const r = new RandomTensors(1);

  it('a dropout mask is the window of its pool between two places', async () => {
    const twice: TensorFunction = ({ x }, { dropout }) => ({ y: dropout(x, 0.1), z: dropout(dropout(x, 0.1), 0.5) });
    const signature: Signature = { x: { shape: ['B', 3], dtype: 'float32' } };
    const graph = masksFromPools(bindGraph(trace(twice, signature, { train: true }), { B: 2 }));
    const x = r.float([2, 3]);
    const pools = [r.float([20]), r.float([20]), r.float([9])];
    const starts = [14, 0, 2];
    const windows = starts.map((start, i): HostTensors => {
      const names = windowInputs(`dropout/${i}`);
      const place = (at: number) => ({ data: Int32Array.of(at), shape: [1] });
      return { [names.pool]: pools[i], [names.start]: place(start), [names.end]: place(start + 6) };
    });
    const { y, z } = await run(optimize(graph), Object.assign({ x }, ...windows));
    const mask = (i: number, at: number) => pools[i].data[starts[i] + at];
    expect(y).toEqual({ shape: [2, 3], data: x.data.map((a, at) => a * mask(0, at)) });
    expect(difference(z, { shape: [2, 3], data: x.data.map((a, at) => a * mask(1, at) * mask(2, at)) })).toBeLessThan(
      1e-6,
    );
  });

  it('a left operand is transposed apart from its products', async () => {
    const gradients: TensorFunction = ({ x, u, v }) => ({
      y: tf.matMul(x as tf.Tensor2D, u as tf.Tensor2D, true),
      z: tf.matMul(x as tf.Tensor2D, v as tf.Tensor2D, true),
    });
    const inputs = { x: r.float([6, 3]), u: r.float([6, 5]), v: r.float([6, 2]) };
    const float = (shape: readonly number[]) => ({ shape, dtype: 'float32' }) as const;
    const graph = trace(gradients, { x: float([6, 3]), u: float([6, 5]), v: float([6, 2]) });
    expect(optimize(graph).nodes.filter(({ op }) => op === 'Transpose')).toHaveLength(1);
    expect(optimize(graph, { device: 'gpu' }).nodes.map(({ op }) => op)).toEqual(['BatchMatMul', 'BatchMatMul']);
    const [apart, within] = [await run(optimize(graph), inputs), await run(optimize(graph, { device: 'gpu' }), inputs)];
    for (const name of ['y', 'z']) expect(difference(apart[name], within[name])).toBeLessThan(1e-6);
  });

  it('a product adds its bias itself', async () => {
    const linear: TensorFunction = ({ x, w, b }) => ({ y: tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), b) });
    const inputs = { x: r.float([4, 3]), w: r.float([3, 5]), b: r.float([5]) };
    const float = (shape: readonly number[]) => ({ shape, dtype: 'float32' }) as const;
    const graph = trace(linear, { x: float([4, 3]), w: float([3, 5]), b: float([5]) });
    const fused = optimize(graph, { device: 'gpu' });
    expect(fused.nodes.map(({ op }) => op)).toEqual(['BiasMatMul']);
    expect(optimize(graph).nodes.map(({ op }) => op)).toEqual(['BatchMatMul', 'Add']);
    const [{ y }, plain] = [await run(fused, inputs), await run(optimize(graph), inputs)];
    expect(difference(y, plain.y)).toBeLessThan(1e-6);
  });
});
