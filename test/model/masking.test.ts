import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Vocabulary } from '../../src/data/vocabulary.js';
import { maskForTraining, scoringMask } from '../../src/model/logbert/masking.js';
import { Random } from '../../src/random.js';

describe('scoring masks', () => {
  it('are a pure function of seed, length and round, within the sequence and without repeats', () => {
    const length = fc.integer({ min: 1, max: 60 });
    const ratio = fc.double({ min: 0.05, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.nat(99), length, fc.nat(7), ratio, (seed, n, round, share) => {
        const mask = scoringMask(seed, n, round, 8, share);
        expect(scoringMask(seed, n, round, 8, share)).toEqual(mask);
        expect(new Set(mask).size).toBe(mask.length);
        expect(mask.every((i) => i >= 0 && i < n)).toBe(true);
        expect(mask.length).toBe(Math.max(1, Math.ceil(share * n)));
      }),
    );
  });

  it('cover every position when rounds times ratio is at least one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 12 }), (n, rounds) => {
        const seen = new Set<number>();
        for (let round = 0; round < rounds; round++)
          for (const i of scoringMask(1, n, round, rounds, 1 / rounds)) seen.add(i);
        expect(seen.size).toBe(n);
      }),
    );
  });
});

describe('training masks', () => {
  it('choose a share of the positions, 80 % masked, 10 % random, 10 % kept', () => {
    const random = new Random(5);
    const keys = new Int32Array(20000).fill(Vocabulary.SPECIALS + 1);
    const chosen = maskForTraining(keys, 0.6, Vocabulary.SPECIALS + 50, random);
    const masked = keys.filter((key) => key === Vocabulary.MASK).length;
    const changed = keys.filter((key) => key > Vocabulary.SPECIALS + 1 || key === Vocabulary.SPECIALS).length;
    expect(chosen.length / keys.length).toBeCloseTo(0.6, 1);
    expect(masked / chosen.length).toBeCloseTo(0.8, 1);
    expect(changed / chosen.length).toBeCloseTo(0.1, 1);
    expect(keys.every((key) => key >= Vocabulary.SPECIALS || key === Vocabulary.MASK)).toBe(true);
  });

  it('choose at least one position', () => {
    for (let seed = 0; seed < 20; seed++) {
      expect(maskForTraining(Int32Array.of(9), 0.01, 20, new Random(seed))).toEqual([0]);
    }
  });
});
