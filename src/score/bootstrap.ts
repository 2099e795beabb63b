import { Random } from '../random.js';
import { type AlertFigures, alertFigures, auprc, auroc, type Ranking } from './metrics.js';

/** From the 2.5 % to the 97.5 % quantile of the replicates, as fractions. */
export type Interval = [low: number, high: number];

export type Intervals = Partial<Record<keyof AlertFigures | 'auroc' | 'auprc', Interval>>;

/** Sessions of equal sequence and score, highest score first. */
export interface SequenceCounts {
  scores: Float64Array;
  anomalies: Uint32Array;
  normal: Uint32Array;
}

const REPLICATES = 1000;

/**
 * Bootstrap intervals of a detector's figures (Efron and Tibshirani, 1993, percentile method). What is drawn are distinct
 * sequences, each with all of its sessions: sessions that repeat a sequence are no evidence of their own, and intervals
 * over single sessions would be far too narrow. A sequence's times in a replicate are Poisson with mean 1.
 * @param threshold a score above it is an alert
 * @param ranks whether the scores order sessions
 */
export function bootstrapIntervals(
  sequences: SequenceCounts,
  threshold: number,
  ranks: boolean,
  seed: number,
): Intervals {
  const random = new Random(seed, 'bootstrap');
  const found = new Map<string, number[]>();
  const drawn: SequenceCounts = {
    ...sequences,
    anomalies: sequences.anomalies.slice(),
    normal: sequences.normal.slice(),
  };
  for (let replicate = 0; replicate < REPLICATES; replicate++) {
    draw(sequences, drawn, random);
    for (const [name, value] of Object.entries(figuresOf(drawn, threshold, ranks))) {
      if (value === null) continue;
      const values = found.get(name) ?? [];
      values.push(value);
      found.set(name, values);
    }
  }
  return Object.fromEntries(Array.from(found, ([name, values]) => [name, middle(values)]));
}

function draw(from: SequenceCounts, into: SequenceCounts, random: Random): void {
  for (let s = 0; s < from.scores.length; s++) {
    const times = POISSON[random.uint32() >>> 20];
    into.anomalies[s] = times * from.anomalies[s];
    into.normal[s] = times * from.normal[s];
  }
}

function figuresOf(sequences: SequenceCounts, threshold: number, ranks: boolean) {
  const { scores, anomalies, normal } = sequences;
  let [tp, fp, s] = [0, 0, 0];
  for (; s < scores.length && scores[s] > threshold; s++) {
    tp += anomalies[s];
    fp += normal[s];
  }
  let [fn, tn] = [0, 0];
  for (; s < scores.length; s++) {
    fn += anomalies[s];
    tn += normal[s];
  }
  const counts = { tp, fp, fn, tn };
  if (!ranks) return alertFigures(counts);
  const ranking = rankingOf(sequences);
  return { ...alertFigures(counts), auroc: auroc(ranking), auprc: auprc(ranking) };
}

function rankingOf(sequences: SequenceCounts): Ranking {
  const { scores } = sequences;
  const ranking = { scores: scores.slice(), tp: new Uint32Array(scores.length), fp: new Uint32Array(scores.length) };
  let [k, anomalies, normal] = [0, 0, 0];
  for (let s = 0; s < scores.length; s++) {
    anomalies += sequences.anomalies[s];
    normal += sequences.normal[s];
    // A step that nothing was drawn for would be 0 / 0.
    if (scores[s] === scores[s + 1] || anomalies + normal === 0) continue;
    ranking.scores[k] = scores[s];
    ranking.tp[k] = anomalies;
    ranking.fp[k++] = normal;
  }
  const [tp, fp] = [ranking.tp.subarray(0, k), ranking.fp.subarray(0, k)];
  return { scores: ranking.scores.subarray(0, k), tp, fp, anomalies, normal };
}

function middle(values: number[]): Interval {
  const sorted = Float64Array.from(values).sort();
  const at = (q: number) => sorted[Math.round(q * (sorted.length - 1))];
  return [at(0.025), at(0.975)];
}

/** The Poisson distribution with mean 1 as 4,096 equally likely values. */
const POISSON = Uint8Array.from({ length: 4096 }, (_, i) => {
  let [k, term] = [0, Math.exp(-1)];
  for (let sum = term; sum < (i + 0.5) / 4096; sum += term) term /= ++k;
  return k;
});
