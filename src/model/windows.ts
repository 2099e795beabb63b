import { Vocabulary } from '../data/vocabulary.js';

/*
 * Rows of models that tell each event from those before it: `window` keys, filled up with [PAD] on the left, and the key
 * behind them. So every event of a session has a prediction, the first as well, and a short session is no special case.
 */

/** @param end whether the end of the sequence is an event like the others */
export function* windows(sequence: Int32Array, window: number, end: boolean): Generator<Int32Array> {
  const padded = new Int32Array(window + sequence.length + 1).fill(Vocabulary.PAD, 0, window);
  padded.set(sequence, window);
  padded[window + sequence.length] = Vocabulary.END;
  const predicted = sequence.length + (end ? 1 : 0);
  for (let i = 0; i < predicted; i++) yield padded.subarray(i, i + window + 1);
}

/** Whether what stands behind the window is the end. */
export function tellsEnd(row: Int32Array): boolean {
  return row[row.length - 1] === Vocabulary.END;
}
