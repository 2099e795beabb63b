import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Adam, learningRate } from '../../src/model/adam.js';
import { RandomTensors } from '../engine/random.js';

describe('Adam', () => {
  it('follows the formula, to single precision', () => {
    const r = new RandomTensors(3);
    const start = { a: r.float([3, 5]), b: r.float([7]) };
    const adam = new Adam(start);
    const expected = Object.fromEntries(
      Object.entries(start).map(([name, { data }]) => [name, Float64Array.from(data)]),
    );
    const m = Object.fromEntries(
      Object.entries(start).map(([name, { data }]) => [name, new Float64Array(data.length)]),
    );
    const v = Object.fromEntries(
      Object.entries(start).map(([name, { data }]) => [name, new Float64Array(data.length)]),
    );
    for (let step = 1; step <= 20; step++) {
      const gradients = { a: r.float([3, 5]), b: r.float([7], 100) };
      adam.step((name) => gradients[name as 'a'], 0.01, step);
      for (const [name, { data }] of Object.entries(gradients)) {
        data.forEach((g, i) => {
          m[name][i] = 0.9 * m[name][i] + 0.1 * g;
          v[name][i] = 0.999 * v[name][i] + 0.001 * g * g;
          const corrected = Math.sqrt(v[name][i] / (1 - 0.999 ** step)) + 1e-8;
          expected[name][i] -= (0.01 * m[name][i]) / (1 - 0.9 ** step) / corrected;
        });
      }
    }
    for (const [name, values] of Object.entries(expected)) {
      for (const [i, x] of values.entries()) expect(adam.tensors[name].data[i]).toBeCloseTo(x, 5);
    }
  });

  it('is the kernel that adam.wat compiles to', () => {
    execFileSync(process.execPath, ['tools/compile-wat.mjs', '--check']);
  });

  it('warms up to its peak and falls as the root of the step', () => {
    expect(learningRate(50, 1, 100)).toBeCloseTo(0.5);
    expect(learningRate(100, 1, 100)).toBe(1);
    expect(learningRate(400, 1, 100)).toBeCloseTo(0.5);
  });
});
