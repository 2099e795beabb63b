import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tail } from '../../src/model/tail.js';

describe('the tail of a score', () => {
  const uniform = Array.from({ length: 99 }, (_, i) => i);

  it('is the share of normal scores as high, the one asked about included', () => {
    const tail = new Tail(uniform);
    expect(tail.surprise(-5)).toBeCloseTo(0, 12);
    expect(tail.surprise(50)).toBeCloseTo(-Math.log(50 / 100), 12);
    expect(tail.surprise(89)).toBeCloseTo(-Math.log(11 / 100), 12);
  });

  it('falls exponentially beyond the .9 quantile, by the mean excess', () => {
    // 90 values of 0 and nine excesses with the mean 3.
    const tail = new Tail([...Array(90).fill(0), 1, 2, 3, 4, 5, 1, 2, 3, 6]);
    expect(tail.surprise(0)).toBeCloseTo(0, 12);
    expect(tail.surprise(3)).toBeCloseTo(-Math.log(10 / 100) + 1, 12);
    expect(tail.surprise(300)).toBeCloseTo(-Math.log(10 / 100) + 100, 12);
  });

  it('takes the scale of the body where the excesses lie close together', () => {
    const tail = new Tail([...uniform.slice(0, 90), ...Array(9).fill(89.001)]);
    const scale = (89 - 49) / Math.log(5);
    expect(tail.surprise(89 + scale) - tail.surprise(89.0001)).toBeCloseTo(1, 2);
  });

  it('takes whatever lies beyond for equally rare where normal scores are all the same', () => {
    const tail = new Tail([0, 0, 0, 0]);
    expect(tail.surprise(0)).toBeCloseTo(0, 12);
    expect(tail.surprise(1)).toBeCloseTo(Math.log(5), 12);
    expect(tail.surprise(1000)).toBe(tail.surprise(1));
  });

  it('is finite and never less for a higher score', () => {
    const number = fc.float({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 60 }), number, number, (values, a, b) => {
        const tail = new Tail(values);
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map((score) => tail.surprise(score));
        expect(Number.isFinite(high)).toBe(true);
        expect(high).toBeGreaterThanOrEqual(low);
      }),
    );
  });
});
