import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/random.js';
import { alertFigures, confusion, rank, rankFigures } from '../../src/score/metrics.js';
import { falseAlarmThreshold, oracleThreshold, quantileThreshold, spotThreshold } from '../../src/score/threshold.js';

it('takes the order statistic ceil(q n) of the validation scores', () => {
  const scores = Array.from({ length: 200 }, (_, i) => 200 - i);
  expect(quantileThreshold(scores, 0.995)).toEqual({
    rule: 'quantile 0.995 of validation scores',
    value: 199,
    chosenOn: 'validation',
  });
  expect(quantileThreshold(scores, 1).value).toBe(200);
  expect(quantileThreshold(scores, 1e-6).value).toBe(1);
  expect(quantileThreshold(scores.slice(0, 100), 0.55).value).toBe(155);
});

it('lets at most a share of 1 - q of the validation sessions be alerts', () => {
  const input = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(input, fc.integer({ min: 1, max: 1000 }), (scores, permille) => {
      const q = permille / 1000;
      const { value } = quantileThreshold(scores, q);
      expect(scores.filter((s) => s > value).length).toBeLessThanOrEqual((1 - q) * scores.length + 1e-9);
      expect(scores).toContain(value);
    }),
  );
});

it('says what is missing when no validation session has a score', () => {
  expect(() => quantileThreshold([], 0.99)).toThrow(/No validation session has a score/);
});

it('finds the threshold that reaches the best F1 on the labels', () => {
  const items = fc.array(fc.tuple(fc.integer({ min: -4, max: 4 }), fc.constantFrom(0, 1)), { maxLength: 40 });
  fc.assert(
    fc.property(items, (pairs) => {
      const scores = pairs.map(([s]) => s);
      const labels = pairs.map(([, l]) => l);
      const ranking = rank(scores, labels);
      const threshold = oracleThreshold(ranking);
      if (!threshold) return;
      expect(threshold.chosenOn).toBe('test');
      const reached = alertFigures(confusion(scores, labels, threshold.value)).f1;
      expect(reached).toBeCloseTo(rankFigures(ranking).oracleF1!, 12);
    }),
  );
});

it('has no oracle threshold without both classes', () => {
  expect(oracleThreshold(rank([1, 2], [0, 0]))).toBeUndefined();
});

describe('the rules for a rate of false alarms', () => {
  const random = new Random('tails');
  const exponential = Float64Array.from({ length: 20000 }, () => -Math.log(1 - random.next()));

  it('SPOT finds the quantile of an exponential tail, beyond what was seen too', () => {
    for (const risk of [1e-2, 1e-3, 1e-5]) {
      const { value } = spotThreshold(exponential, risk);
      expect(Math.abs(value / -Math.log(risk) - 1)).toBeLessThan(0.15);
    }
  });

  it('SPOT has no tail to fit where few scores differ', () => {
    expect(spotThreshold(Float64Array.of(0, 0, 0, 1), 1e-3)).toMatchObject({
      value: 1,
      rule: 'SPOT, risk 0.001: no tail to fit',
    });
  });

  it('a false alarm rate is kept on fresh scores, and too few scores say so', () => {
    const { value } = falseAlarmThreshold(exponential.subarray(0, 5000), 0.01);
    const rate = exponential.subarray(5000).filter((score) => score > value).length / 15000;
    expect(rate).toBeLessThan(0.014);
    expect(falseAlarmThreshold(Float64Array.of(1, 2, 3), 0.001)).toMatchObject({
      value: 3,
      rule: expect.stringContaining('too few'),
    });
    expect(
      falseAlarmThreshold(
        Float64Array.from({ length: 99 }, (_, i) => i),
        0.01,
      ).value,
    ).toBe(98);
  });
});
