import { describe, expect, it } from 'vitest';
import { newTally } from '../../src/model/model.js';
import { allRows, cutIntoRows, joinTallies, pieces } from '../../src/model/rows.js';

const inTwos = (sequence: Int32Array) => pieces(sequence, 2);

describe('rows', () => {
  it('are kept once where they are equal, and stand for every sequence in order', () => {
    const sequences = [Int32Array.of(1, 2, 1, 2, 3), Int32Array.of(), Int32Array.of(3), Int32Array.of(1, 2)];
    const rows = cutIntoRows(sequences, inTwos);
    expect(rows.distinct.map((row) => [...row])).toEqual([[1, 2], [3], []]);
    expect(rows.of).toEqual([0, 0, 1, 2, 1, 0]);
    expect(rows.starts).toEqual([0, 3, 4, 5, 6]);
    expect(allRows(rows).map((row) => [...row])).toEqual([[1, 2], [1, 2], [3], [], [3], [1, 2]]);
  });

  it('give the tally of a sequence when put together', () => {
    const tallies = [...inTwos(Int32Array.of(1, 2, 3, 4, 5))].map((piece) => {
      const tally = newTally(piece.length);
      tally.masked.set(piece);
      tally.masked[piece.length] = 9; // the end
      return tally;
    });
    expect([...joinTallies(tallies).masked]).toEqual([1, 2, 3, 4, 5, 9]);
  });

  it('may tell of the end alone', () => {
    const [event, end] = [newTally(1), newTally(0)];
    event.masked[0] = 1;
    end.masked[0] = 2;
    expect([...joinTallies([event, event, end]).masked]).toEqual([1, 1, 2]);
  });
});
