import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batches, batchesByLength } from '../../src/model/batches.js';

describe('batches', () => {
  it('hold every sequence once, in a shape that fits it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1300 }), { maxLength: 200 }),
        fc.integer({ min: 1, max: 32 }),
        (lengths, rows) => {
          const seen: number[] = [];
          for (const batch of batches(lengths.keys(), lengths, rows)) {
            expect(batch.members.length).toBeLessThanOrEqual(batch.rows);
            expect(batch.rows).toBeLessThanOrEqual(rows);
            for (const i of batch.members) expect(lengths[i]).toBeLessThanOrEqual(batch.tokens);
            seen.push(...batch.members);
          }
          expect(seen.sort((a, b) => a - b)).toEqual([...lengths.keys()]);
        },
      ),
    );
  });

  it('have few shapes, whatever the lengths', () => {
    const shapes = new Set<string>();
    for (let count = 1; count < 500; count += 7) {
      const lengths = Array.from({ length: count }, (_, i) => 1 + ((i * 37) % 600));
      for (const { rows, tokens } of batches(lengths.keys(), lengths, 32)) shapes.add(`${rows} ${tokens}`);
    }
    expect(shapes.size).toBeLessThanOrEqual(2 * 17);
  });

  it('give what is left over a quarter of the rows', () => {
    const lengths = Array.from({ length: 35 }, () => 20);
    expect([...batches(lengths.keys(), lengths, 32)].map(({ rows, members }) => [rows, members.length])).toEqual([
      [32, 32],
      [8, 3],
    ]);
  });

  it('by length hold every sequence once and little else', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1300 }), { maxLength: 200 }),
        fc.integer({ min: 1, max: 32 }),
        (lengths, rows) => {
          const made = [...batchesByLength(lengths, rows)];
          for (const batch of made) {
            expect(batch.rows).toBe(batch.members.length);
            expect(batch.rows === 1 || batch.rows * batch.tokens <= rows * 64).toBe(true);
            expect(batch.tokens).toBe(Math.max(...batch.members.map((i) => lengths[i])));
          }
          const seen = made.flatMap(({ members }) => members);
          expect(seen.map((i) => lengths[i])).toEqual(lengths.toSorted((a, b) => a - b));
          expect(seen.sort((a, b) => a - b)).toEqual([...lengths.keys()]);
        },
      ),
    );
  });
});
