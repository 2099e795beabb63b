import { Table } from '../data/parquet.js';
import type { Evaluation } from './evaluation.js';
import { bestF1, type Ranking } from './metrics.js';
import type { Scores } from './scores.js';

/** The share of missed events as a score, if an event is missed that is not among the g likeliest. */
export interface TopGPoint {
  g: number;
  /** F1 of the best threshold, which takes the labels. */
  best: number;
  /** F1 of the rule of DeepLog: any event missed. */
  any: number;
}

/** The largest g that is tried. */
const MOST = 30;

/**
 * What other values of `model.topG` would have given, from one prediction. An event that was masked in several rounds counts by
 * its mean rank, which is not quite what the rounds one by one would give.
 * @param path event_scores.parquet
 * @returns g from 1 to where nothing changes any more; undefined where ranks, sequences or one of the classes are missing
 */
export async function topGSweep(
  path: string,
  { sequences }: Scores,
  { counted, labels }: Pick<Evaluation, 'counted' | 'labels'>,
): Promise<TopGPoint[] | undefined> {
  const table = await Table.open(path, { format: 'logbert-event-scores', version: 1 });
  if (!sequences || !table.has('rank')) return undefined;
  const [sequence, masked, ranks] = [
    await table.int32('sequence'),
    await table.int32('masked'),
    await table.values<number>('rank'),
  ];
  const times = timesOf(sequences, counted, labels);
  if (times.anomalies === 0 || times.normal === 0) return undefined;
  const finite = ranks.reduce((most, rank) => (Number.isFinite(rank) ? Math.max(most, rank) : most), 0);
  const points = Math.min(MOST, Math.ceil(finite) + 1);
  return Array.from({ length: points }, (_, k) => {
    const ranking = rankingOf(missedShares(sequence, masked, ranks, k + 1), times);
    const found = ranking.scores.findLastIndex((score) => score > 0);
    const [tp, fp] = found < 0 ? [0, 0] : [ranking.tp[found], ranking.fp[found]];
    return { g: k + 1, best: bestF1(ranking)?.f1 ?? 0, any: (2 * tp) / (tp + fp + times.anomalies) };
  });
}

interface Times {
  /** How many counted sessions of each label have a sequence. */
  bySequence: Map<number, { anomaly: number; normal: number }>;
  anomalies: number;
  normal: number;
}

function timesOf(sequences: ArrayLike<number>, counted: Uint32Array, labels: Int8Array): Times {
  const times: Times = { bySequence: new Map(), anomalies: 0, normal: 0 };
  for (const i of counted) {
    if (labels[i] < 0) continue;
    const of = times.bySequence.get(sequences[i]) ?? { anomaly: 0, normal: 0 };
    of[labels[i] === 1 ? 'anomaly' : 'normal']++;
    times[labels[i] === 1 ? 'anomalies' : 'normal']++;
    times.bySequence.set(sequences[i], of);
  }
  return times;
}

/** By sequence, the share of its predicted events that are not among the g likeliest. */
function missedShares(sequence: Int32Array, masked: Int32Array, ranks: number[], g: number): Map<number, number> {
  const shares = new Map<number, number>();
  for (let row = 0; row < sequence.length; ) {
    const s = sequence[row];
    let [missed, predicted] = [0, 0];
    for (; row < sequence.length && sequence[row] === s; row++) {
      predicted += masked[row];
      if (masked[row] > 0 && ranks[row] >= g) missed += masked[row];
    }
    shares.set(s, missed / Math.max(1, predicted));
  }
  return shares;
}

/** As `rank` of metrics.ts, for sequences that many sessions have; a sequence without events has no row and scores 0. */
function rankingOf(shares: ReadonlyMap<number, number>, { bySequence, anomalies, normal }: Times): Ranking {
  const steps = new Map<number, { anomaly: number; normal: number }>();
  for (const [s, times] of bySequence) {
    const share = shares.get(s) ?? 0;
    const step = steps.get(share) ?? { anomaly: 0, normal: 0 };
    step.anomaly += times.anomaly;
    step.normal += times.normal;
    steps.set(share, step);
  }
  const sorted = [...steps].sort(([a], [b]) => b - a);
  let [tp, fp] = [0, 0];
  return {
    scores: Float64Array.from(sorted, ([share]) => share),
    tp: Uint32Array.from(sorted, ([, step]) => (tp += step.anomaly)),
    fp: Uint32Array.from(sorted, ([, step]) => (fp += step.normal)),
    anomalies,
    normal,
  };
}
