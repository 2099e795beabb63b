import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CountVector,
  countVector,
  countVectors,
  NearestVector,
  UNSEEN_WEIGHT,
  varianceWeights,
} from '../../src/data/countVectors.js';

describe('the nearest count vector', () => {
  const sequence = fc.array(fc.integer({ min: -1, max: 4 }), { maxLength: 12 }).map((x) => Int32Array.from(x));
  const sequences = fc.array(sequence, { minLength: 1, maxLength: 12 });

  it('is as far as a look at each reference finds, the one left out aside', () => {
    fc.assert(
      fc.property(sequences, sequence, fc.nat({ max: 12 }), (all, query, except) => {
        const { vectors } = countVectors(all);
        const weights = varianceWeights(
          vectors,
          vectors.map((_, v) => v + 1),
        );
        const { distance, reference } = new NearestVector(vectors, weights).nearest(countVector(query), except);
        const distances = vectors.map((vector, v) => (v === except ? Infinity : between(vector, query, weights)));
        expect(distance).toBeCloseTo(Math.min(...distances), 8);
        if (reference >= 0) expect(distances[reference]).toBeCloseTo(distance, 8);
      }),
    );
  });

  it('weighs an event by the variance of its count, over sessions and not over distinct ones', () => {
    const { vectors } = countVectors([Int32Array.of(7, 8), Int32Array.of(7, 8, 8, 8)]);
    // Event 8 occurs 1, 1, 1 and 3 times: mean 1.5, variance .75. Event 7 never varies in these sessions.
    const weights = varianceWeights(vectors, [3, 1]);
    expect([...weights]).toEqual([
      [7, UNSEEN_WEIGHT],
      [8, 1 / Math.sqrt(0.95)],
    ]);
  });

  it('does not depend on the order of events', () => {
    fc.assert(
      fc.property(sequence, (events) => {
        expect(countVectors([events, events.slice().reverse()]).of).toEqual(Uint32Array.of(0, 0));
      }),
    );
  });
});

function between(vector: CountVector, query: Int32Array, weights: ReadonlyMap<number, number>): number {
  const kinds = new Set([...vector.keys(), ...query]);
  return [...kinds].reduce((sum, kind) => {
    const times = query.filter((event) => event === kind).length;
    return sum + (weights.get(kind) ?? UNSEEN_WEIGHT) * Math.abs((vector.get(kind) ?? 0) - times);
  }, 0);
}
