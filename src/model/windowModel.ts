import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { Vocabulary } from '../data/vocabulary.js';
import type { HostTensors, Tensors } from '../engine/engine.js';
import { eventScores } from './eventScores.js';
import { keyScores, logProbabilityOf } from './keyTokens.js';
import { type SequenceModel, tallyEvent } from './model.js';
import { isServed } from './servedScore.js';
import { servedWindows } from './servedWindows.js';

/** What models that tell each event from a window of events before it have in common. */
export interface WindowSettings {
  /** W, the keys before an event. */
  readonly window: number;
  /** Whether the end of a sequence is an event like the others. */
  readonly end: boolean;
  readonly topG: number;
  readonly floor: number;
}

/** What such a model is, beside its settings. */
export interface WindowModel extends Pick<SequenceModel, 'parameters' | 'state' | 'match'> {
  /** keys [W, B] -> log-probabilities of the key behind each window [B, V] */
  predict(inputs: Tensors): Tensor2D;
}

/**
 * A sequence model of rows that are windows: W keys, filled up with [PAD] on the left, and the key behind them. So every
 * event of a session has a prediction, the first as well, and a short session is no special case.
 */
export function windowModel(settings: WindowSettings, model: WindowModel): SequenceModel {
  const { window: W, end, topG, floor } = settings;
  const { predict, ...rest } = model;
  const keys = { keys: { shape: [W, 'B'], dtype: 'int32' }, targets: { shape: ['B'], dtype: 'int32' } } as const;

  /** keys [W, B] and the targets behind them [B], filled up with [PAD] */
  function batch(rows: readonly Int32Array[], B: number): HostTensors {
    const keys = new Int32Array(W * B).fill(Vocabulary.PAD);
    const targets = new Int32Array(B).fill(Vocabulary.PAD);
    rows.forEach((row, b) => {
      for (let t = 0; t < W; t++) keys[t * B + b] = row[t];
      targets[b] = row[W];
    });
    return { keys: { data: keys, shape: [W, B] }, targets: { data: targets, shape: [B] } };
  }

  return {
    ...rest,
    averages: {},
    cut: (sequence) => windows(sequence, W, end),
    events: (row) => (row[W] === Vocabulary.END ? 0 : 1),
    tokens: () => W,

    /** weights [B]: 1 / (windows of the batch), 0 for an empty row */
    loss(inputs) {
      const target = logProbabilityOf(predict(inputs), inputs.targets as Tensor1D);
      return { loss: tf.neg(tf.sum(tf.mul(tf.reshape(target, [-1]), inputs.weights))) };
    },
    lossInputs: { ...keys, weights: { shape: ['B'], dtype: 'float32' } },
    trainingBatch(rows, B) {
      const weights = new Float32Array(B).fill(1 / rows.length, 0, rows.length);
      return { ...batch(rows, B), weights: { data: weights, shape: [B] } };
    },

    /** Per window: nll, entropy, rank (keys that are likelier than the target), expected */
    score: (inputs) => keyScores(predict(inputs), inputs.targets as Tensor1D),
    scoreInputs: keys,
    scoringRows: 2048,
    rounds: () => 1,
    scoringBatch: batch,
    tally({ nll, entropy, rank, expected }, { targets }, tallies) {
      const outputs = { nll, entropy, rank, expected };
      tallies.forEach((tally, b) => {
        tallyEvent(tally, 0, outputs, b, { topG, known: targets.data[b] !== Vocabulary.UNK });
      });
    },
    summarize(tally) {
      const { misses, ...others } = eventScores(tally, floor);
      return { misses, ...others };
    },
    threshold: { rule: 'any event missed, as published', value: 0 },

    served: (score) => (isServed(score) ? servedWindows(predict, settings, score) : undefined),
  };
}

/** @param end whether the end of the sequence is an event like the others */
export function* windows(sequence: Int32Array, window: number, end: boolean): Generator<Int32Array> {
  const padded = new Int32Array(window + sequence.length + 1).fill(Vocabulary.PAD, 0, window);
  padded.set(sequence, window);
  padded[window + sequence.length] = Vocabulary.END;
  const predicted = sequence.length + (end ? 1 : 0);
  for (let i = 0; i < predicted; i++) yield padded.subarray(i, i + window + 1);
}
