import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Random } from '../../src/random.js';
import { disturbed } from '../../src/scan/disturb.js';

const TEMPLATES = Int32Array.of(0, 1, 2, 3);

it('gives another sequence, of nearly the same length, and leaves the first as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 3 }), fc.nat(), (list, seed) => {
      const events = Int32Array.from(list);
      const result = disturbed(events, TEMPLATES, new Random(seed, 'test'));
      expect(result).toBeDefined();
      expect([...events]).toEqual(list);
      expect([...result!]).not.toEqual(list);
      expect(events.length - result!.length).toBeLessThanOrEqual(1);
    }),
  );
});

it('leaves alone what can be nothing else', () => {
  expect(disturbed(Int32Array.of(7), Int32Array.of(7), new Random(1, 'test'))).toBeUndefined();
});
