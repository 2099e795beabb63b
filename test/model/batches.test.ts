import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batches } from '../../src/model/batches.js';
import { newTally } from '../../src/model/model.js';
import { cutIntoPieces, joinTallies } from '../../src/model/pieces.js';

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

  it('have one number of rows for a length', () => {
    const shapes = new Map<number, number>();
    const lengths = Array.from({ length: 500 }, (_, i) => 1 + ((i * 37) % 600));
    for (const { rows, tokens } of batches(lengths.keys(), lengths, 32)) {
      expect(shapes.get(tokens) ?? rows).toBe(rows);
      shapes.set(tokens, rows);
    }
    expect(shapes.size).toBeLessThan(18);
  });
});

describe('pieces', () => {
  it('are the sequence again when put together', () => {
    const { pieces, of } = cutIntoPieces([Int32Array.of(1, 2, 3, 4, 5), Int32Array.of(), Int32Array.of(6)], 2);
    expect(pieces.map((piece) => [...piece])).toEqual([[1, 2], [3, 4], [5], [], [6]]);
    expect(of).toEqual([0, 0, 0, 1, 2]);
    const tallies = pieces.slice(0, 3).map((piece) => {
      const tally = newTally(piece.length);
      tally.masked.set(piece);
      return tally;
    });
    tallies[2].masked[1] = 9; // the end
    expect([...joinTallies(tallies).masked]).toEqual([1, 2, 3, 4, 5, 9]);
  });
});
