import type { EventNumbers } from '../data/eventNumbers.js';
import type { Vocabulary } from '../data/vocabulary.js';
import type { Engine } from '../engine/engine.js';
import type { Checkpoint } from './checkpoint.js';
import { type SequenceModel, scoresOf } from './model.js';
import type { Scored, SessionScorer } from './sessionScorer.js';
import { ValueModel, type WithRows } from './values/valueModel.js';

/** Name of the score of quantities alone, and of the one that either model can raise. */
export const VALUE = 'value';
export const EITHER = 'either';

/** The rule of DeepLog's paper, where any event that one of the two models takes for abnormal makes the session so. */
export function eitherThreshold(interval: number): { score: string; rule: string; value: number } {
  return {
    score: EITHER,
    rule: `any event missed, or with a value more than ${interval} deviations off`,
    value: 0,
  };
}

/** What a scorer that reads quantities has to be given of each event (distinct.ts). */
export interface Valued {
  readonly width: number;
  /** Errors are abnormal beyond so many standard deviations. */
  readonly interval: number;
  vectors(sessions: WithRows, numbers: EventNumbers): Float32Array;
}

/** The score that decides where none is asked for. */
export function firstScoreOf(model: SequenceModel): string {
  return model.values ? EITHER : scoresOf(model)[0];
}

/** The scorer of a trained model's keys, with the model of values beside it where it has one. */
export function valuedScorer(
  scorer: SessionScorer,
  { values: shape }: SequenceModel,
  trained: { checkpoint: Checkpoint; vocabulary: Vocabulary; engine: Engine },
): SessionScorer {
  if (!shape) return scorer;
  const { checkpoint, vocabulary, engine } = trained;
  const tensors = { ...checkpoint.parameters, ...checkpoint.state };
  const values = ValueModel.open(shape, vocabulary.size, tensors, engine);
  return withValues(scorer, { values, keyOf: (template) => vocabulary.encode(template), interval: shape.interval });
}

/**
 * A scorer of keys with a model of values beside it. `value` is how far the quantity that is farthest off is, in standard
 * deviations of its errors on validation; `either`, the first score, is the share of events that are missed, or have a quantity
 * outside the interval.
 * @param interval half of its width, in standard deviations
 */
function withValues(
  scorer: SessionScorer,
  { values, keyOf, interval }: { values: ValueModel; keyOf: (template: number) => number; interval: number },
): SessionScorer {
  return {
    ...scorer,
    scores: [EITHER, ...scorer.scores, VALUE],
    valued: { width: values.width, interval, vectors: (sessions, numbers) => values.vectors(sessions, numbers, keyOf) },
    score: async (sequences, progress, details) => {
      const keys = sequences.map((sequence) => sequence.map(keyOf));
      const scored = await scorer.score(sequences, progress);
      const found = await values.score(keys, details as Float32Array[], progress);
      return scored.map((one, i) => {
        const scores = {
          [EITHER]: eitherOf(one, found[i].deviations, interval),
          ...one.scores,
          [VALUE]: farthest(found[i].deviations),
        };
        return { ...one, scores, values: found[i] };
      });
    },
    expected: scorer.expected && ((sequence, most) => scorer.expected!(sequence, most)),
    dispose: async () => {
      await values.dispose();
      await scorer.dispose();
    },
  };
}

/** The end counts as an event where it is predicted. */
function eitherOf({ tally: { misses, masked } }: Scored, deviations: Float32Array, interval: number): number {
  let [abnormal, events] = [0, 0];
  for (let i = 0; i < misses.length; i++) {
    if (masked[i] === 0) continue;
    events++;
    if (misses[i] > 0 || deviations[i] > interval) abnormal++;
  }
  return abnormal / Math.max(1, events);
}

function farthest(deviations: Float32Array): number {
  return deviations.reduce((most, deviation) => (deviation > most ? deviation : most), 0);
}
