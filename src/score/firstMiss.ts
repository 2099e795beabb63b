import { Table } from '../data/parquet.js';
import { orderStatistic } from '../data/quantile.js';
import type { Sessions } from '../data/sessions.js';
import type { Evaluation } from './evaluation.js';
import type { Scores } from './scores.js';

/**
 * How early in a session a model of event sequences could have known: of the anomalies found, the first event that was
 * missed. For the rule "any event missed" that is when the alert comes; of LogBERT, which reads later events too, it is
 * the earliest that can be said.
 */
export interface FirstMiss {
  /** Anomalies found in which an event, or the end, was missed; and those in which none was. */
  sessions: number;
  without: number;
  /** Events up to and with the first missed one, and the half and nine tenths of the sessions that need no more. */
  median: number;
  ninth: number;
  /** Mean share of a session's events that had gone by. */
  share: number;
}

/**
 * Reads event_scores.parquet for the anomalies that were found.
 * @param path event_scores.parquet
 * @returns undefined where none was found, or the scores name no sequences
 */
export async function firstMisses(
  path: string,
  { offsets }: Pick<Sessions, 'offsets'>,
  { sequences }: Scores,
  { counted, labels, detector }: Pick<Evaluation, 'counted' | 'labels' | 'detector'>,
): Promise<FirstMiss | undefined> {
  const found = counted.filter((i) => labels[i] === 1 && detector.scores[i] > detector.threshold.value);
  if (found.length === 0 || !sequences) return undefined;
  const firsts = await firstMissOfSequences(path);
  const missed = [...found].filter((i) => firsts.has(sequences[i]));
  // A missed end is known of once all events have gone by.
  const lengthOf = (i: number) => offsets[i + 1] - offsets[i];
  const events = missed.map((i) => Math.min(firsts.get(sequences[i])! + 1, lengthOf(i)));
  if (missed.length === 0) return undefined;
  return {
    sessions: missed.length,
    without: found.length - missed.length,
    median: orderStatistic(events, 0.5),
    ninth: orderStatistic(events, 0.9),
    share: events.reduce((sum, n, k) => sum + n / Math.max(1, lengthOf(missed[k])), 0) / missed.length,
  };
}

/** Position of the first missed event of each sequence that has one. */
async function firstMissOfSequences(path: string): Promise<Map<number, number>> {
  const table = await Table.open(path, { format: 'logbert-event-scores', version: 1 });
  const [sequence, position, misses] = [
    await table.int32('sequence'),
    await table.int32('position'),
    await table.int32('misses'),
  ];
  const firsts = new Map<number, number>();
  sequence.forEach((s, row) => {
    if (misses[row] > 0 && !firsts.has(s)) firsts.set(s, position[row]);
  });
  return firsts;
}
