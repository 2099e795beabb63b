import { type CountVectors, countVectors, NearestVector, varianceWeights } from '../data/countVectors.js';
import { type Distinct, distinctSequences, NOT_INCLUDED } from '../data/distinct.js';
import { NearestSequence } from '../data/editDistance.js';
import { EXCLUDED, type Sessions, TRAIN, VALIDATION } from '../data/sessions.js';
import { integer } from './result.js';
import type { Threshold } from './threshold.js';

/** A detector of a few lines, which any model has to beat. */
export interface Baseline {
  name: string;
  threshold: Threshold;
  /** n, one a session; sessions that are neither in training nor in test have 0. */
  scores: Float64Array;
  /** Whether the scores put sessions in an order, or say just yes (1) or no (0). */
  ranks: boolean;
}

export interface Baselines {
  baselines: Baseline[];
  /** What was left out, and why, a sentence each. */
  notes: string[];
}

/**
 * Fits the trivial baselines on the normal training sessions and scores the test sessions:
 * - unseen event: the session has an event that no training session has
 * - length out of range: it is shorter or longer than every training session
 * - unseen event or length: either of the two
 * - unseen count vector: no training session has each event as often (Landauer et al., FSE 2024, for these four)
 * - nearest count vector: the weighted L1 distance to the nearest training session's count vector; the threshold is
 *   the largest distance of a validation session to the sessions before validation
 *
 * - edit distance: the fewest edits that make it a training session's sequence; threshold likewise. Left out where that is
 *   more work than `mostPairs`, which a note then tells
 * - any of these
 *
 * A rule without a threshold learns from training and validation sessions alike. Without validation sessions the two
 * with a threshold are left out; without training sessions all are.
 */
export function fitBaselines(sessions: Sessions, mostPairs = MOST_PAIRS): Baselines {
  const distinct = distinctSequences(sessions, (i) => sessions.splits[i] !== EXCLUDED);
  const train = timesIn(distinct, sessions, TRAIN);
  const validation = timesIn(distinct, sessions, VALIDATION);
  const training = train.map((n, s) => n + validation[s]);
  if (!training.some((n) => n > 0)) return { baselines: [], notes: [] };
  const vectors = countVectors(distinct.sequences);
  const event = unseenEvent(distinct.sequences, training);
  const length = lengthOutOfRange(distinct.sequences, training);
  const rule = (name: string, alerts: boolean[]) => yesOrNo(name, spread(Float64Array.from(alerts, Number), distinct));
  const nearest = nearestCountVector(vectors, perVector(vectors, train), perVector(vectors, validation));
  const pairs = eventPairs(distinct.sequences, training);
  const edits = pairs > mostPairs ? undefined : nearestSequence(distinct.sequences, train, validation);
  const found = [
    rule('unseen event', event),
    rule('length out of range', length),
    rule(
      'unseen event or length',
      event.map((unseen, s) => unseen || length[s]),
    ),
    rule('unseen count vector', unseenCountVector(vectors, training)),
    ...(nearest ? [{ ...nearest, scores: spread(nearest.scores, distinct) }] : []),
    ...(edits ? [{ ...edits, scores: spread(edits.scores, distinct) }] : []),
  ];
  return { baselines: [...found, union(found)], notes: pairs > mostPairs ? [tooManyPairs(pairs, mostPairs)] : [] };
}

/** How many sessions of the split have each distinct sequence. */
function timesIn(distinct: Distinct, sessions: Sessions, split: number): Uint32Array {
  const times = new Uint32Array(distinct.sequences.length);
  for (let i = 0; i < sessions.ids.length; i++) if (sessions.splits[i] === split) times[distinct.of[i]]++;
  return times;
}

function unseenEvent(sequences: Int32Array[], training: Uint32Array): boolean[] {
  const seen = new Set<number>();
  sequences.forEach((sequence, s) => {
    if (training[s] > 0) for (const event of sequence) seen.add(event);
  });
  return sequences.map((sequence) => sequence.some((event) => !seen.has(event)));
}

function lengthOutOfRange(sequences: Int32Array[], training: Uint32Array): boolean[] {
  let [shortest, longest] = [Infinity, 0];
  sequences.forEach(({ length }, s) => {
    if (training[s] === 0) return;
    shortest = Math.min(shortest, length);
    longest = Math.max(longest, length);
  });
  return sequences.map(({ length }) => length < shortest || length > longest);
}

function unseenCountVector(vectors: CountVectors, training: Uint32Array): boolean[] {
  const times = perVector(vectors, training);
  return Array.from(vectors.of, (v) => times[v] === 0);
}

/** Scores are per distinct sequence here. `train` and `validation` count the sessions with each vector. */
function nearestCountVector(vectors: CountVectors, train: Uint32Array, validation: Uint32Array): Baseline | undefined {
  if (!train.some((n) => n > 0) || !validation.some((n) => n > 0)) return undefined;
  const training = train.map((n, v) => n + validation[v]);
  const weights = varianceWeights(vectors.vectors, training);
  const distancesTo = (references: Uint32Array) => {
    const nearest = new NearestVector(
      vectors.vectors.filter((_, v) => references[v] > 0),
      weights,
    );
    return (v: number) => nearest.nearest(vectors.vectors[v]).distance;
  };
  const value = present(validation)
    .map(distancesTo(train))
    .reduce((largest, d) => Math.max(largest, d), 0);
  const distances = vectors.vectors.map((_, v) => v).map(distancesTo(training));
  return {
    name: 'nearest count vector',
    threshold: { rule: 'largest distance of a validation session', value, chosenOn: 'validation' },
    scores: Float64Array.from(vectors.of, (v) => distances[v]),
    ranks: true,
  };
}

/** Pairs of an event of a distinct sequence and one of a distinct training sequence: more take longer than most models. */
const MOST_PAIRS = 1e12;

function eventPairs(sequences: Int32Array[], training: Uint32Array): number {
  const eventsIn = (chosen: Iterable<number>) =>
    Array.from(chosen, (s) => sequences[s].length).reduce((a, b) => a + b, 0);
  return eventsIn(sequences.keys()) * eventsIn(present(training));
}

function tooManyPairs(pairs: number, most: number): string {
  return `Edit distance: not run, and not in "any of these": it needs ${integer(pairs)} comparisons of two events, the limit is ${integer(most)}.`;
}

/** As for count vectors, with the edit distance of whole sequences; scores are per distinct sequence. */
function nearestSequence(sequences: Int32Array[], train: Uint32Array, validation: Uint32Array): Baseline | undefined {
  const [fitted, held] = [present(train), present(validation)];
  const training = train.map((n, s) => n + validation[s]);
  if (fitted.length === 0 || held.length === 0) return undefined;
  const distanceTo = (references: number[]) => {
    const nearest = new NearestSequence(references.map((s) => sequences[s]));
    return (s: number) => nearest.distance(sequences[s]);
  };
  const value = held.map(distanceTo(fitted)).reduce((largest, d) => Math.max(largest, d), 0);
  const distance = distanceTo(present(training));
  return {
    name: 'edit distance',
    threshold: { rule: 'largest distance of a validation session', value, chosenOn: 'validation' },
    scores: Float64Array.from(sequences, (_, s) => (training[s] > 0 ? 0 : distance(s))),
    ranks: true,
  };
}

/** An alert of any of them. */
function union(baselines: Baseline[]): Baseline {
  const scores = new Float64Array(baselines[0].scores.length);
  for (const { scores: own, threshold } of baselines) {
    own.forEach((score, i) => {
      if (score > threshold.value) scores[i] = 1;
    });
  }
  return yesOrNo('any of these', scores);
}

function yesOrNo(name: string, scores: Float64Array): Baseline {
  return { name, threshold: { rule: 'yes or no', value: 0, chosenOn: 'train' }, scores, ranks: false };
}

/** Sums per sequence become sums per count vector. */
function perVector(vectors: CountVectors, perSequence: Uint32Array): Uint32Array {
  const sums = new Uint32Array(vectors.vectors.length);
  perSequence.forEach((n, s) => {
    sums[vectors.of[s]] += n;
  });
  return sums;
}

function present(times: Uint32Array): number[] {
  return Array.from(times.keys()).filter((v) => times[v] > 0);
}

/** A value per distinct sequence becomes a value per session. */
function spread(values: Float64Array, { of }: Distinct): Float64Array {
  const scores = new Float64Array(of.length);
  for (let i = 0; i < of.length; i++) if (of[i] !== NOT_INCLUDED) scores[i] = values[of[i]];
  return scores;
}
