import { describe, expect, it } from 'vitest';
import { DropoutPool } from '../../src/model/noise.js';

const LENGTH = 100_000;
const masks = (seed: number, step: number, rate = 0.1, count = 1) => {
  const noise = new DropoutPool(seed).at(step);
  return Array.from({ length: count }, (_, i) => Float32Array.from(noise(i, LENGTH, rate)));
};

describe('dropout masks', () => {
  it.each([0.1, 0.5, 0.8])('drop a share %d and scale the rest, so that the mean stays', (rate) => {
    const [mask] = masks(1, 1, rate);
    const dropped = mask.filter((x) => x === 0).length;
    const deviation = Math.sqrt(LENGTH * rate * (1 - rate));
    expect(Math.abs(dropped - LENGTH * rate)).toBeLessThan(4 * deviation);
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
  });

  it('are independent of each other within a step and from step to step', () => {
    const [a, b] = masks(1, 1, 0.1, 2);
    const [c] = masks(1, 2);
    for (const [x, y] of [
      [a, b],
      [a, c],
      [a.subarray(1), a.subarray(0, -1)],
    ]) {
      const both = x.filter((value, i) => value === 0 && y[i] === 0).length;
      expect(Math.abs(both - LENGTH * 0.01)).toBeLessThan(4 * Math.sqrt(LENGTH * 0.01));
    }
  });

  it('are a function of seed and step', () => {
    expect(masks(1, 7)).toEqual(masks(1, 7));
    expect(masks(1, 7)).not.toEqual(masks(2, 7));
  });
});
