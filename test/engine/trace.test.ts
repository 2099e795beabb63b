import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { Signature, TensorFunction } from '../../src/engine/engine.js';
import { bindGraph, bindingOf, symbolsOf } from '../../src/engine/graph.js';
import { lowerToOnnx } from '../../src/engine/onnx/lower.js';
import { openEngine } from '../../src/engine/open.js';
import { optimize } from '../../src/engine/passes/index.js';
import { trace } from '../../src/engine/trace.js';
import { difference, RandomTensors } from './random.js';

const x: Signature = { x: { shape: ['B', 4], dtype: 'float32' } };

describe('trace', () => {
  it('keeps named dimensions as symbols', () => {
    const fn: TensorFunction = ({ x }) => ({ y: tf.reshape(tf.matMul(x, x, false, true), [-1]) });
    const graph = trace(fn, x);
    expect(symbolsOf(graph)).toEqual(['B']);
    expect(graph.outputs[0].value.shape).toEqual([{ factor: 1, symbols: ['B', 'B'] }]);
    expect(bindGraph(graph, { B: 3 }).outputs[0].value.shape).toEqual([9]);
  });

  it('keeps sizes that are another plus a number, when they are named', async () => {
    const grown: TensorFunction = ({ x }) => {
      const [B] = x.shape;
      return { y: tf.reshape(tf.concat([tf.zeros([3, 4]), x], 0), [-1]), z: tf.slice(x, [0, 0], [B, 2]) };
    };
    expect(() => trace(grown, x)).toThrow(/depends on the size/);
    const graph = trace(grown, x, { sums: { S: { of: 'B', plus: 3 } } });
    expect(graph.outputs[0].value.shape).toEqual([{ factor: 4, symbols: ['S'] }]);
    expect(bindGraph(graph, { B: 2 }).outputs[0].value.shape).toEqual([20]);
    const engine = await openEngine('onnx', { threads: 1 });
    const run = engine.compile(grown, x, { sums: { S: { of: 'B', plus: 3 } } });
    const { y } = await run.run({ x: { data: Float32Array.of(1, 2, 3, 4), shape: [1, 4] } });
    expect([...y.data]).toEqual([...new Array(12).fill(0), 1, 2, 3, 4]);
    await run.dispose();
  });

  it('refuses a function that looks at a value', () => {
    const peek: TensorFunction = ({ x }) => ({ y: tf.mul(x, tf.sum(x).dataSync()[0]) });
    expect(() => trace(peek, x)).toThrow(/peek: a value was read while the function was being recorded \(after Sum\)/);
  });

  it('refuses to decide by a value', async () => {
    const decide: TensorFunction = ({ x }) => ({ y: tf.max(x).arraySync() === 0 ? x : tf.exp(x) });
    expect(() => trace(decide, x)).toThrow(/decide: a value was read .* \(after Max\)/);
  });

  it('refuses a size that slips into a number', () => {
    const mean: TensorFunction = ({ x }) => ({ y: tf.mul(tf.sum(x), 1 / x.shape[0]) });
    expect(() => trace(mean, x)).toThrow(/mean: the recorded graph depends on the size of a symbolic dimension/);
  });

  it('refuses a branch on a size', () => {
    const branch: TensorFunction = ({ x }) => ({ y: x.shape[0] > 25 ? tf.exp(x) : tf.log(x) });
    expect(() => trace(branch, x)).toThrow(/depends on the size/);
  });

  it('names a kernel that it does not know, and how to add it', () => {
    const cosine: TensorFunction = ({ x }) => ({ y: tf.cos(x) });
    expect(() => trace(cosine, x)).toThrow(
      'cosine: the kernel Cos is unknown to the tracer; add it to src/engine/kernels.',
    );
  });

  it('refuses tensors made elsewhere', async () => {
    await openEngine('cpu');
    void tf.setBackend('cpu');
    const outside = tf.tensor1d([1, 2, 3, 4]);
    const mixed: TensorFunction = ({ x }) => ({ y: tf.add(x, outside) });
    expect(() => trace(mixed, x)).toThrow(/made outside of the recorded function/);
  });

  it('leaves TensorFlow.js as it found it', async () => {
    await openEngine('cpu');
    void tf.setBackend('cpu');
    trace(({ x }) => ({ y: tf.exp(x) }), x);
    expect(tf.getBackend()).toBe('cpu');
    expect(tf.tensor1d([1, 2]).dataSync()).toEqual(Float32Array.of(1, 2));
  });

  it('says which input has the wrong shape', () => {
    const graph = trace(({ x }) => ({ y: tf.exp(x) }), x);
    expect(() => bindingOf(graph, { x: [2, 5] })).toThrow('Input x: expected 4 = 4, found 5.');
    expect(() => bindingOf(graph, { x: [2] })).toThrow('Input x: expected the shape [B, 4], found [2].');
  });
});

describe('one recorded graph', () => {
  const fn: TensorFunction = ({ keys, table }) => {
    const [B, T] = keys.shape;
    const rows = tf.reshape(tf.gather(table, tf.reshape(tf.transpose(keys), [B * T])), [T, B * 2, 4]);
    const heads = tf.transpose(rows, [1, 0, 2]);
    return { y: tf.reshape(tf.softmax(tf.matMul(heads, heads, false, true)), [B, 2, T, T]) };
  };
  const signature: Signature = {
    keys: { shape: ['B', 'T'], dtype: 'int32' },
    table: { shape: [6, 8], dtype: 'float32' },
  };

  it('runs at any shape with free dimensions, as an export has them, and as each bound graph does', async () => {
    const ort = await import('onnxruntime-node');
    const r = new RandomTensors(2);
    const graph = trace(fn, signature);
    const free = await ort.InferenceSession.create(lowerToOnnx(optimize(graph), { contrib: false }));
    const eager = (await openEngine('cpu')).compile(fn, signature);
    const bound = (await openEngine('onnx')).compile(fn, signature);
    for (const shape of [
      [2, 3],
      [5, 7],
      [1, 1],
    ]) {
      const inputs = { keys: r.int(shape, 6), table: r.float([6, 8]) };
      const feeds = {
        keys: new ort.Tensor('int32', inputs.keys.data as Int32Array, shape),
        table: new ort.Tensor('float32', inputs.table.data as Float32Array, [6, 8]),
      };
      const { y } = await free.run(feeds);
      const expected = (await eager.run(inputs)).y;
      expect(difference({ data: y.data as Float32Array, shape: y.dims }, expected)).toBeLessThan(1e-5);
      expect(difference((await bound.run(inputs)).y, expected)).toBeLessThan(1e-5);
    }
  });
});
