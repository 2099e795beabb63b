import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderStatistic } from '../../../src/data/quantile.js';
import { countVector } from '../../../src/model/detectors/countVector.js';

const detector = countVector({ quantile: 0.9 });
const sequences = (...lists: number[][]) => lists.map((list) => Int32Array.from(list));
const fitted = (...train: number[][]) => detector.open(detector.fit({ train: sequences(...train), validation: [] }));
const score = (of: ReturnType<typeof fitted>, ...sequence: number[]) => of.score(Int32Array.from(sequence)).distance;

const sequence = fc.array(fc.integer({ min: -1, max: 4 }), { maxLength: 12 });

describe('count-vector', () => {
  it('is 0 for what training has in any order, and more for all else', () => {
    const found = fitted([1, 2, 2], [1, 2, 3]);
    expect(score(found, 2, 1, 2)).toBe(0);
    for (const other of [[1, 2], [1, 2, 2, 2], [1, 9], [], [1, 2, 3, -1]])
      expect(score(found, ...other)).toBeGreaterThan(0);
  });

  it('never takes an event that matched no template for a known one', () => {
    const found = detector.open(detector.fit({ train: sequences([1, 2]), validation: sequences([1, -1]) }));
    expect(score(found, 1, -1)).toBeGreaterThan(0);
    expect(score(found, 1)).toBe(0);
  });

  it('knows the events of validation sessions', () => {
    const found = detector.open(detector.fit({ train: sequences([1, 2]), validation: sequences([1, 7]) }));
    expect(score(found, 7, 1)).toBe(0);
  });

  it('keeps its threshold when one training session in many is outlying', () => {
    const usual = Array.from({ length: 30 }, (_, i) => [
      1,
      ...Array(1 + (i % 15)).fill(2),
      ...Array(1 + (i % 2)).fill(3),
    ]);
    const clean = fitted(...usual).threshold;
    const with1 = fitted(...usual, [1, ...Array(9).fill(77)]).threshold;
    expect(with1?.value).toBeLessThan(1.2 * (clean?.value ?? NaN));
    expect(score(fitted(...usual), 1, ...Array(9).fill(77))).toBeGreaterThan(10 * (clean?.value ?? NaN));
  });

  it('explains the whole distance, event by event and by what is missing', () => {
    fc.assert(
      fc.property(fc.array(sequence, { minLength: 1, maxLength: 8 }), sequence, (train, query) => {
        const found = fitted(...train);
        const { events, missing } = found.explain(Int32Array.from(query));
        expect(events).toHaveLength(query.length);
        expect(events.reduce((sum, share) => sum + share, missing.score)).toBeCloseTo(score(found, ...query), 8);
      }),
    );
  });

  it('survives JSON and does not depend on the order of training sessions', () => {
    fc.assert(
      fc.property(fc.array(sequence, { minLength: 1, maxLength: 8 }), sequence, (train, query) => {
        const state = detector.fit({ train: sequences(...train), validation: [] });
        const copy = detector.open(JSON.parse(JSON.stringify(state)));
        const turned = fitted(...train.toReversed());
        expect(score(copy, ...query)).toBe(score(detector.open(state), ...query));
        expect(score(turned, ...query)).toBeCloseTo(score(copy, ...query), 8);
        expect(turned.threshold?.value).toBeCloseTo(copy.threshold?.value ?? NaN, 8);
      }),
    );
  });

  it('refuses a state that is something else', () => {
    expect(() => detector.open({ vectors: 3 })).toThrow();
  });
});

it('an order statistic is a value that occurred', () => {
  expect(orderStatistic([3, 1, 2], 0.5)).toBe(2);
  expect(orderStatistic([3, 1, 2], 1)).toBe(3);
  expect(orderStatistic([], 0.5)).toBeNaN();
});
