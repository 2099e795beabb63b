import { Table } from '../../data/parquet.js';

/** What the model found about each event of one sequence, and in one more entry about its end where it scores that. */
export interface EventScores {
  /** Mean surprise in nats over the rounds in which the event was masked; null if it never was. */
  surprise: (number | null)[];
  /** The likeliest template in its place; -1 for none, END_OF_SESSION for the end. */
  expected: Int32Array;
  /** How many standard deviations its values are off; NaN where it has none. Undefined of a model that reads no values. */
  values?: number[];
}

/**
 * Reads event_scores.parquet for a few sequences.
 * @returns by sequence
 */
export async function readEventScores(path: string, sequences: number[]): Promise<Map<number, EventScores>> {
  const table = await Table.open(path, { format: 'logbert-event-scores', version: 1 });
  const wanted = new Set(sequences);
  const ranges = rangesOf(await table.int32('sequence'), wanted);
  const masked = await table.int32('masked');
  const expected = await table.int32('expected');
  const nll = await table.values<number>('nll');
  const off = table.has('value') ? await table.values<number>('value') : undefined;
  return new Map(
    [...ranges].map(([sequence, [start, end]]) => {
      const surprise = nll.slice(start, end).map((value, i) => (masked[start + i] > 0 ? value : null));
      return [sequence, { surprise, expected: expected.slice(start, end), values: off?.slice(start, end) }];
    }),
  );
}

/** First and last (exclusive) row of each sequence; its rows follow each other in the order of its events. */
function rangesOf(column: Int32Array, wanted: Set<number>): Map<number, [number, number]> {
  const ranges = new Map<number, [number, number]>();
  column.forEach((sequence, row) => {
    if (!wanted.has(sequence)) return;
    const range = ranges.get(sequence);
    if (range) range[1] = row + 1;
    else ranges.set(sequence, [row, row + 1]);
  });
  return ranges;
}
