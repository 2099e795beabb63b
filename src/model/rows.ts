import { EVENT_PARTS, newTally, type SequenceModel, type Tally } from './model.js';

/** The rows that a model cuts sequences into; equal ones are kept once, for they are computed once. */
export interface Rows {
  readonly distinct: readonly Int32Array[];
  /** Index in `distinct` of every row, sequence by sequence. */
  readonly of: readonly number[];
  /** Where the rows of each sequence start in `of`, and where the last ones end. */
  readonly starts: readonly number[];
}

export function cutIntoRows(sequences: readonly Int32Array[], cut: SequenceModel['cut']): Rows {
  const known = new Map<string, number>();
  const distinct: Int32Array[] = [];
  const of: number[] = [];
  const starts = [0];
  for (const sequence of sequences) {
    for (const row of cut(sequence)) {
      // The bytes as a one-byte string: an exact key that V8 hashes natively.
      const key = Buffer.from(row.buffer, row.byteOffset, row.byteLength).toString('latin1');
      const index = known.get(key) ?? distinct.length;
      if (index === distinct.length) {
        known.set(key, index);
        distinct.push(row);
      }
      of.push(index);
    }
    starts.push(of.length);
  }
  return { distinct, of, starts };
}

/** Every row of the sequences, equal ones as often as they occur. */
export function allRows({ distinct, of }: Rows): Int32Array[] {
  return of.map((row) => distinct[row]);
}

/** A cut into pieces of at most `longest` events; a sequence that is no longer stays whole. */
export function* pieces(sequence: Int32Array, longest: number): Generator<Int32Array> {
  for (let at = 0; at < Math.max(1, sequence.length); at += longest) yield sequence.subarray(at, at + longest);
}

/** One tally for a sequence from those of its rows. */
export function joinTallies(tallies: readonly Tally[]): Tally {
  if (tallies.length === 1) return tallies[0];
  const joined = newTally(tallies.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const tally of tallies) {
    // The end of a row is overwritten by the next one: only the last is the end of the sequence.
    for (const part of EVENT_PARTS) joined[part].set(tally[part], at);
    joined.distance += tally.distance;
    joined.rounds += tally.rounds;
    at += tally.length;
  }
  return joined;
}
