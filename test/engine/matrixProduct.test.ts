import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { differentiate, gradientOf } from '../../src/engine/differentiate.js';
import type { Engine, TensorFunction } from '../../src/engine/engine.js';
import { openEngine } from '../../src/engine/open.js';
import { difference, RandomTensors } from './random.js';

describe('matrix products on wasm', () => {
  let engines: Engine[];
  beforeAll(async () => {
    engines = [await openEngine('wasm'), await openEngine('cpu')];
  });

  it('are those of plain loops, gradients included, at any size and with either operand turned', async () => {
    const size = fc.integer({ min: 1, max: 9 });
    const turned = fc.boolean();
    await fc.assert(
      fc.asyncProperty(size, size, size, size, turned, turned, async (pairs, rows, inner, columns, turnA, turnB) => {
        const r = new RandomTensors(rows * 9 + columns);
        const a = r.float([pairs, 2, ...(turnA ? [inner, rows] : [rows, inner])]);
        const b = r.float([pairs, 2, ...(turnB ? [columns, inner] : [inner, columns])]);
        const product: TensorFunction = ({ a, b }) => {
          const y = tf.matMul(a, b, turnA, turnB);
          return { y, loss: tf.sum(tf.square(y)) };
        };
        const both = differentiate(product, 'loss', ['a', 'b']);
        const [actual, expected] = await Promise.all(engines.map((engine) => engine.compile(both, {}).run({ a, b })));
        for (const name of ['y', gradientOf('a'), gradientOf('b')]) {
          expect(difference(actual[name], expected[name]), name).toBeLessThan(1e-5);
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('are those of plain loops where one matrix meets many', async () => {
    const r = new RandomTensors(2);
    const inputs = { a: r.float([3, 5, 6]), b: r.float([1, 6, 7]) };
    const product: TensorFunction = ({ a, b }) => ({ y: tf.matMul(a, b) });
    const [actual, expected] = await Promise.all(engines.map((engine) => engine.compile(product, {}).run(inputs)));
    expect(difference(actual.y, expected.y)).toBeLessThan(1e-5);
  });

  it('are those of plain loops when larger ones went before', async () => {
    const r = new RandomTensors(3);
    const product: TensorFunction = ({ a, b }) => ({ y: tf.matMul(a, b) });
    for (const n of [64, 5, 65]) {
      const inputs = { a: r.float([3, n, n]), b: r.float([3, n, n]) };
      const [actual, expected] = await Promise.all(engines.map((engine) => engine.compile(product, {}).run(inputs)));
      expect(difference(actual.y, expected.y)).toBeLessThan(1e-5);
    }
  });
});
