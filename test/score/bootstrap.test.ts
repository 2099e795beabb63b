import { describe, expect, it } from 'vitest';
import { bootstrapIntervals } from '../../src/score/bootstrap.js';
import { firstOfEach, sequenceCounts } from '../../src/score/counted.js';

describe('bootstrap intervals', () => {
  /** n sequences of one session each: a tenth anomalies, of which nine in ten score above the threshold. */
  const made = (n: number, repeat = 1) => {
    const scores = Float64Array.from({ length: n }, (_, i) =>
      i % 10 === 0 ? (i % 100 === 0 ? 0 : 2) : i % 97 === 1 ? 1 : 0,
    );
    const of = Uint32Array.from(scores, (_, i) => i);
    const labels = Int8Array.from(scores, (_, i) => (i % 10 === 0 ? 1 : 0));
    const counts = sequenceCounts(scores, labels, of);
    return {
      ...counts,
      anomalies: counts.anomalies.map((x) => x * repeat),
      normal: counts.normal.map((x) => x * repeat),
    };
  };
  const width = ([low, high]: [number, number]) => high - low;

  it('hold the figure, and shrink with the root of the number of sequences', () => {
    const few = bootstrapIntervals(made(1000), 0.5, true, 1);
    const many = bootstrapIntervals(made(16000), 0.5, true, 1);
    expect(few.recall![0]).toBeLessThan(0.9);
    expect(few.recall![1]).toBeGreaterThan(0.9);
    expect(width(few.recall!) / width(many.recall!)).toBeGreaterThan(3);
    expect(width(few.recall!) / width(many.recall!)).toBeLessThan(5.5);
    expect(few.auroc![0]).toBeGreaterThan(0.8);
  });

  it('of a recall are as wide as the binomial distribution says', () => {
    const { recall } = bootstrapIntervals(made(10000), 0.5, false, 1);
    expect(width(recall!)).toBeGreaterThan(0.8 * 2 * 1.96 * Math.sqrt(0.09 / 1000));
    expect(width(recall!)).toBeLessThan(1.2 * 2 * 1.96 * Math.sqrt(0.09 / 1000));
  });

  it('do not shrink when the same sequences come more often', () => {
    expect(bootstrapIntervals(made(1000, 50), 0.5, false, 1).f1).toEqual(
      bootstrapIntervals(made(1000), 0.5, false, 1).f1,
    );
  });

  it('are the same for equal seeds', () => {
    expect(bootstrapIntervals(made(500), 0.5, true, 1)).toEqual(bootstrapIntervals(made(500), 0.5, true, 1));
  });
});

it('one session stands for each distinct sequence and label', () => {
  const chosen = firstOfEach(Uint32Array.of(7, 7, 7, 2), Int8Array.of(0, 1, 0, -1), Uint32Array.of(0, 1, 2, 3));
  expect([...chosen]).toEqual([0, 1, 3]);
});
