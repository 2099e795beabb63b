import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EXCLUDED, TEST, TRAIN, VALIDATION } from '../../src/data/sessions.js';
import { countStraddlers, splitPaper, splitStrict } from '../../src/data/split.js';
import { Random } from '../../src/random.js';

const sessions = fc
  .array(fc.record({ label: fc.constantFrom(-1, 0, 0, 0, 1), gap: fc.nat(5), length: fc.integer({ min: 1, max: 9 }) }))
  .map((parts) => {
    let row = 0;
    const firstRows = parts.map(({ gap }) => (row += gap));
    return {
      labels: Int8Array.from(parts, ({ label }) => label),
      firstRows,
      lastRows: parts.map(({ length }, i) => firstRows[i] + length - 1),
    };
  });

function indexes(splits: Uint8Array, split: number): number[] {
  return [...splits.keys()].filter((i) => splits[i] === split);
}

test('strict: the side is where a session starts, and only abnormal training sessions are excluded', () => {
  fc.assert(
    fc.property(sessions, fc.nat(200), ({ labels, firstRows }, border) => {
      const splits = splitStrict(labels, firstRows, border, 0.1);
      for (let i = 0; i < labels.length; i++) {
        expect(splits[i] === TEST).toBe(firstRows[i] >= border);
        expect(splits[i] === EXCLUDED).toBe(firstRows[i] < border && labels[i] === 1);
      }
    }),
  );
});

test('strict: validation is the last of the training sessions', () => {
  fc.assert(
    fc.property(sessions, fc.double({ min: 0.05, max: 0.9, noNaN: true }), ({ labels, firstRows }, fraction) => {
      const splits = splitStrict(labels, firstRows, Number.POSITIVE_INFINITY, fraction);
      const [train, validation] = [indexes(splits, TRAIN), indexes(splits, VALIDATION)];
      const all = train.length + validation.length;
      if (all > 1) expect(Math.abs(validation.length - all * fraction)).toBeLessThanOrEqual(1);
      if (all > 1) expect(Math.min(train.length, validation.length)).toBeGreaterThan(0);
      if (validation.length > 0) expect(Math.min(...validation)).toBeGreaterThan(Math.max(...train));
    }),
  );
});

test('straddlers are the sessions with events on both sides', () => {
  fc.assert(
    fc.property(sessions, fc.nat(200), ({ firstRows, lastRows }, border) => {
      const expected = firstRows.filter((first, i) => first < border && border <= lastRows[i]).length;
      expect(countStraddlers(firstRows, lastRows, border)).toBe(expected);
    }),
  );
});

test('paper: a fraction of the normal sessions, shuffled by the seed, is for training', () => {
  const labels = Int8Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? 1 : 0));
  const splits = splitPaper(labels, 0.4, 0.1, new Random(1));
  expect(indexes(splits, TRAIN)).toHaveLength(324);
  expect(indexes(splits, VALIDATION)).toHaveLength(36);
  expect(indexes(splits, TEST)).toHaveLength(640);
  expect(indexes(splits, EXCLUDED)).toHaveLength(0);
  expect(indexes(splits, TRAIN).every((i) => labels[i] === 0)).toBe(true);
  expect(Math.max(...indexes(splits, TRAIN))).toBeGreaterThan(900);
  expect(splitPaper(labels, 0.4, 0.1, new Random(1))).toEqual(splits);
  expect(splitPaper(labels, 0.4, 0.1, new Random(2))).not.toEqual(splits);
});
