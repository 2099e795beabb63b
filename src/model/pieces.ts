import { newTally, type Tally } from './model.js';

/** Cuts sequences that are longer than a model takes; keeps the others as they are. */
export function cutIntoPieces(
  sequences: readonly Int32Array[],
  longest: number,
): { pieces: Int32Array[]; of: number[] } {
  const pieces: Int32Array[] = [];
  const of: number[] = [];
  sequences.forEach((sequence, i) => {
    for (let at = 0; at < Math.max(1, sequence.length); at += longest) {
      pieces.push(sequence.subarray(at, at + longest));
      of.push(i);
    }
  });
  return { pieces, of };
}

/** One tally for a sequence from those of its pieces. */
export function joinTallies(tallies: readonly Tally[]): Tally {
  if (tallies.length === 1) return tallies[0];
  const joined = newTally(tallies.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const tally of tallies) {
    // The end of a piece is overwritten by the next one: only the last is the end of the sequence.
    for (const part of ['masked', 'misses', 'surprise', 'expected'] as const) joined[part].set(tally[part], at);
    joined.distance += tally.distance;
    joined.rounds += tally.rounds;
    at += tally.length;
  }
  return joined;
}
