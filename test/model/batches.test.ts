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
