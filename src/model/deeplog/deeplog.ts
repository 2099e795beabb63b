import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { Vocabulary } from '../../data/vocabulary.js';
import type { HostTensors, Tensors } from '../../engine/engine.js';
import { eventScores } from '../eventScores.js';
import { initial, linear, linearParameters } from '../layers.js';
import { lstm, lstmParameters } from '../lstm.js';
import type { ModelContext, SequenceModel } from '../model.js';
import { tellsEnd, windows } from '../windows.js';
import type { DeeplogSettings } from './settings.js';

/**
 * DeepLog's model of log keys (Du, Li, Zheng, Srikumar: DeepLog: Anomaly Detection and Diagnosis from System Logs through
 * Deep Learning, CCS 2017, section 3.1): an LSTM tells each key from the window of keys before it.
 *
 * Legend: B windows, W keys in a window, E embedding, V vocabulary.
 */
export function deeplog(settings: DeeplogSettings, { vocabularySize: V }: ModelContext): SequenceModel {
  const { window: W, embedding: E, hidden, layers, end, topG } = settings;

  /** keys [W, B] -> log-probabilities of the key behind each window [B, V] */
  function predict(inputs: Tensors): Tensor2D {
    const output = lstm(inputs['embedding/key'] as Tensor2D, inputs.keys as Tensor2D, inputs, 'lstm', layers);
    return tf.logSoftmax(linear(output, inputs, 'keys'));
  }

  /** [B, V], targets [B] -> [B, 1] */
  function targetLogProbabilities(logp: Tensor2D, targets: Tensor1D): Tensor2D {
    return tf.sum(tf.mul(logp, tf.cast(tf.oneHot(targets, V), 'float32')), 1, true);
  }

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
    cut: (sequence) => windows(sequence, W, end),
    events: (row) => (tellsEnd(row) ? 0 : 1),
    tokens: () => W,
    averages: {},
    state: () => ({}),
    parameters: (random) => ({
      'embedding/key': initial([V, E], () => random.normal()),
      ...lstmParameters('lstm', { inputs: E, hidden, layers }, random),
      ...linearParameters('keys', hidden, V, random),
    }),

    /** weights [B]: 1 / (windows of the batch), 0 for an empty row */
    loss(inputs) {
      const target = targetLogProbabilities(predict(inputs), inputs.targets as Tensor1D);
      return { loss: tf.neg(tf.sum(tf.mul(tf.reshape(target, [-1]), inputs.weights))) };
    },
    lossInputs: {
      keys: { shape: [W, 'B'], dtype: 'int32' },
      targets: { shape: ['B'], dtype: 'int32' },
      weights: { shape: ['B'], dtype: 'float32' },
    },
    trainingBatch(rows, B) {
      const weights = new Float32Array(B).fill(1 / rows.length, 0, rows.length);
      return { ...batch(rows, B), weights: { data: weights, shape: [B] } };
    },

    /** Per window: nll, rank (keys that are likelier than the target), expected */
    score(inputs) {
      const logp = predict(inputs);
      const target = targetLogProbabilities(logp, inputs.targets as Tensor1D);
      return {
        nll: tf.reshape(tf.neg(target), [-1]),
        rank: tf.sum(tf.cast(tf.greater(logp, target), 'int32'), 1),
        expected: tf.argMax(logp, 1),
      };
    },
    scoreInputs: { keys: { shape: [W, 'B'], dtype: 'int32' }, targets: { shape: ['B'], dtype: 'int32' } },
    scoringRows: 2048,
    rounds: () => 1,
    scoringBatch: batch,
    tally({ nll, rank, expected }, { targets }, tallies) {
      tallies.forEach((tally, b) => {
        tally.masked[0]++;
        tally.surprise[0] += nll.data[b];
        tally.expected[0] = expected.data[b];
        // A key that training never saw is a miss whatever the model thinks of [UNK].
        if (rank.data[b] >= topG || targets.data[b] === Vocabulary.UNK) tally.misses[0]++;
      });
    },
    // The paper's rule: one key that is not among the likeliest makes a session abnormal.
    summarize: (tally) => {
      const { misses, ...others } = eventScores(tally, settings.floor);
      return { misses, ...others };
    },
    threshold: { rule: 'any event missed, as published', value: 0 },
  };
}
