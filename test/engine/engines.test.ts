import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { Precision, TensorFunction } from '../../src/engine/engine.js';
import { openEngine } from '../../src/engine/open.js';
import { onBackend } from '../../src/engine/trace.js';
import { UsageError, UserError } from '../../src/error.js';
import { difference, RandomTensors } from './random.js';

describe('engines', () => {
  it('auto takes the native engine where it works', async () => {
    expect((await openEngine('auto')).name).toBe('onnx');
  });

  it.each(['wasm', 'cpu'] as const)('%s leaves no tensor behind', async (name) => {
    const engine = await openEngine(name);
    const product: TensorFunction = ({ x, w }) => ({ y: tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D, true, true) });
    const r = new RandomTensors(1);
    const count = () => onBackend(name, () => [tf.memory().numTensors, tf.backend().numDataIds()]);
    const before = count();
    const fn = engine.compile(product, {}, { fixed: { w: r.float([5, 4]) } });
    const inputs = { x: r.float([4, 3]) };
    await fn.run(inputs);
    await fn.run(inputs);
    await fn.dispose();
    expect(count()).toEqual(before);
  });

  it.each(['onnx', 'cpu'] as const)('%s asks for noise where there is dropout', async (name) => {
    const engine = await openEngine(name);
    const fn = engine.compile(
      ({ x }, context) => ({ y: context.dropout(x, 0.5) }),
      { x: { shape: [4], dtype: 'float32' } },
      { train: true },
    );
    const x = { data: Float32Array.of(1, 2, 3, 4), shape: [4] };
    await expect(fn.run({ x })).rejects.toThrow('give it noise');
    const { y } = await fn.run({ x }, () => Float32Array.of(0, 2, 0, 2));
    expect(y.data).toEqual(Float32Array.of(0, 4, 0, 8));
  });

  it.each(['onnx', 'wasm', 'cpu'] as const)('%s takes inputs that never change once', async (name) => {
    const engine = await openEngine(name);
    const w = { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] };
    const signature = { x: { shape: ['B', 2], dtype: 'float32' }, w: { shape: [2, 2], dtype: 'float32' } } as const;
    const product: TensorFunction = ({ x, w }) => ({ y: tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D) });
    const fn = engine.compile(product, signature, { fixed: { w } });
    const { y } = await fn.run({ x: { data: Float32Array.of(1, 1), shape: [1, 2] } });
    expect([...y.data]).toEqual([4, 6]);
  });

  it('products in eight bits are near those in full precision', async () => {
    const r = new RandomTensors(5);
    const [x, w, bias] = [r.float([24, 32]), r.float([32, 16]), r.float([16])];
    const signature = {
      x: { shape: ['B', 32], dtype: 'float32' },
      w: { shape: [32, 16], dtype: 'float32' },
      bias: { shape: [16], dtype: 'float32' },
    } as const;
    const linear: TensorFunction = ({ x, w, bias }) => ({
      y: tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), bias),
    });
    const engine = await openEngine('onnx');
    const compile = (precision: Precision) => engine.compile(linear, signature, { fixed: { w, bias }, precision });
    const [exact, rough] = await Promise.all([compile('fp32').run({ x }), compile('int8').run({ x })]);
    expect(difference(rough.y, exact.y)).toBeLessThan(0.02);
    expect(difference(rough.y, exact.y)).toBeGreaterThan(0);
    const eager = await openEngine('cpu');
    expect(() => eager.compile(linear, signature, { fixed: { w, bias }, precision: 'int8' })).toThrow(UsageError);
  });

  it('an engine that does not exist is one clear line', async () => {
    const refused = expect(openEngine('quantum' as 'cpu')).rejects;
    await refused.toBeInstanceOf(UserError);
    await refused.toThrow(/^The engine quantum can't be used: there is no such engine; expected onnx, .*cpu\.$/);
  });

  it.each(['tfjs-node', 'tfjs-node-gpu'] as const)('%s names the package that it lacks', async (name) => {
    await expect(openEngine(name)).rejects.toMatchObject({
      message: `The engine ${name} can't be used: the package @tensorflow/${name} is not installed.`,
      next: expect.stringContaining(`npm install @tensorflow/${name}`),
    });
  });
});
