import type { Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { Vocabulary } from '../src/data/vocabulary.js';
import type { HostTensors, Tensors } from '../src/engine/engine.js';
import type { ModelContext, SequenceModel } from '../src/model/model.js';

/** The model's own settings: keys of `model:` in a YAML file. */
export const bigramSettings = z.strictObject({ topG: z.number().int().positive().default(6) });

/** Tells each event from the one before it, by a table of logits [V, V]. */
export function bigram({ topG }: z.output<typeof bigramSettings>, { vocabularySize: V }: ModelContext): SequenceModel {
  const perToken = (dtype: 'int32' | 'float32') => ({ shape: ['B', 'T'], dtype }) as const;
  const keys = { keys: perToken('int32'), targets: perToken('int32') };

  /** keys, targets [B, T] -> log-probabilities of all keys [B*T, V] and of the targets [B*T, 1] */
  function predict(inputs: Tensors) {
    const [B, T] = inputs.keys.shape;
    const flat = (x: tf.Tensor) => tf.reshape(x, [B * T]) as tf.Tensor1D;
    const logp = tf.logSoftmax(tf.gather(inputs.logits, flat(inputs.keys))) as Tensor2D;
    return { logp, target: tf.sum(tf.mul(logp, tf.oneHot(flat(inputs.targets), V)), 1, true) };
  }

  /** Row by row [DIST], key 1, ..., key n-1 and the keys that follow them, filled up with [PAD]. */
  function batch(sequences: readonly Int32Array[], B: number, T: number): HostTensors {
    const [keys, targets] = [new Int32Array(B * T), new Int32Array(B * T)].map((data) => data.fill(Vocabulary.PAD));
    sequences.forEach((sequence, row) => {
      keys[row * T] = Vocabulary.DIST;
      keys.set(sequence.subarray(0, -1), row * T + 1);
      targets.set(sequence, row * T);
    });
    return { keys: { data: keys, shape: [B, T] }, targets: { data: targets, shape: [B, T] } };
  }

  return {
    parameters: () => ({ logits: { data: new Float32Array(V * V), shape: [V, V] } }),
    state: () => ({}),
    averages: {},

    cut: (sequence) => [sequence],
    events: ({ length }) => length,
    tokens: ({ length }) => 1 + length,

    loss: (inputs) => ({ loss: tf.neg(tf.sum(tf.mul(predict(inputs).target, tf.reshape(inputs.weights, [-1, 1])))) }),
    lossInputs: { ...keys, weights: perToken('float32') },
    trainingBatch(sequences, B, T) {
      const { keys, targets } = batch(sequences, B, T);
      const events = sequences.reduce((sum, { length }) => sum + length, 0);
      const weights = Float32Array.from(targets.data, (key) => (key === Vocabulary.PAD ? 0 : 1 / events));
      return { keys, targets, weights: { data: weights, shape: [B, T] } };
    },

    score(inputs) {
      const { logp, target } = predict(inputs);
      const shaped = (x: tf.Tensor) => tf.reshape(x, inputs.keys.shape);
      const rank = tf.sum(tf.cast(tf.greater(logp, target), 'int32'), 1);
      return { nll: shaped(tf.neg(target)), rank: shaped(rank), expected: shaped(tf.argMax(logp, 1)) };
    },
    scoreInputs: keys,
    scoringRows: 32,
    rounds: () => 1,
    scoringBatch: batch,
    tally({ nll, rank, expected }, { targets }, tallies) {
      const T = targets.shape[1];
      tallies.forEach((tally, row) => {
        for (let i = 0, at = row * T; i < tally.length; i++, at++) {
          tally.masked[i]++;
          tally.surprise[i] += nll.data[at];
          tally.expected[i] = expected.data[at];
          // A key that training never saw is a miss whatever the model thinks of [UNK].
          if (rank.data[at] >= topG || targets.data[at] === Vocabulary.UNK) tally.misses[i]++;
        }
      });
    },
    summarize({ masked, surprise, misses }) {
      const total = Math.max(
        1,
        masked.reduce((sum, n) => sum + n, 0),
      );
      return {
        nll: surprise.reduce((sum, x) => sum + x, 0) / total,
        misses: misses.reduce((sum, n) => sum + n, 0) / total,
      };
    },
  };
}
