import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NearestSequence } from '../../src/data/editDistance.js';

/** By its definition. */
function plain(a: Int32Array, b: Int32Array): number {
  if (a.length === 0 || b.length === 0) return a.length + b.length;
  const [restA, restB] = [a.subarray(1), b.subarray(1)];
  if (a[0] === b[0]) return plain(restA, restB);
  return 1 + Math.min(plain(restA, b), plain(a, restB), plain(restA, restB));
}

it('the edit distance to the nearest sequence is the least to any', () => {
  const sequence = fc.array(fc.integer({ min: -1, max: 2 }), { maxLength: 6 }).map((list) => Int32Array.from(list));
  fc.assert(
    fc.property(fc.array(sequence, { maxLength: 6 }), sequence, (references, query) => {
      const least = Math.min(...references.map((reference) => plain(query, reference)));
      expect(new NearestSequence(references).distance(query)).toBe(least);
    }),
  );
});
