import fc from 'fast-check';
import { expect, it } from 'vitest';
import { align } from '../../src/data/alignment.js';
import { NearestSequence } from '../../src/data/editDistance.js';

const sequence = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 }).map((events) => Int32Array.from(events));

it('puts every event of both into its place, with as few differences as the edit distance', () => {
  fc.assert(
    fc.property(sequence, sequence, (left, right) => {
      const places = align(left, right)!;
      expect(places.map((place) => place.left).filter((i) => i >= 0)).toEqual([...left.keys()]);
      expect(places.map((place) => place.right).filter((i) => i >= 0)).toEqual([...right.keys()]);
      const differences = places.filter((place) => left[place.left] !== right[place.right]);
      expect(differences).toHaveLength(new NearestSequence([right]).distance(left));
    }),
  );
});

it('gives up where what differs is too long', () => {
  const long = (event: number) => new Int32Array(10_000).fill(event);
  expect(align(long(1), long(2))).toBeUndefined();
  expect(align(long(1), long(1))).toHaveLength(10_000);
});
