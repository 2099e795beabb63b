import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { Vocabulary } from '../data/vocabulary.js';
import type { Tensors } from '../engine/engine.js';
import { SERVED_INPUTS, type Served } from './served.js';
import { servedScore } from './servedScore.js';
import type { WindowModel, WindowSettings } from './windowModel.js';

/**
 * Scoring by windows as one function of the keys: every window of every sequence at once.
 *
 * Legend: B sequences of T events, U units that are predicted: T, and one for the end where there is one; W keys in a
 * window, V vocabulary.
 */
export function servedWindows(
  predict: WindowModel['predict'],
  { window: W, end, topG, floor }: WindowSettings,
  score: string,
): Served {
  function fn(inputs: Tensors): Tensors {
    const { mask } = inputs;
    const [B, T] = mask.shape;
    const U = end ? T + 1 : T;
    const keys = tf.mul(inputs.keys, mask);
    const known = tf.concat([tf.fill([B, W], Vocabulary.PAD, 'int32'), keys], 1); // [B, W + T]
    const steps = Array.from({ length: W }, (_, i) => tf.reshape(tf.slice(known, [0, i], [B, U]), [1, B * U]));
    const { targets, predicted } = end ? withEnd(keys, mask, B) : { targets: keys, predicted: mask }; // [B, U]

    const logp = predict({ ...inputs, keys: tf.concat(steps, 0) }); // [W, B*U] -> [B*U, V]
    const hot = tf.cast(tf.oneHot(tf.reshape(targets, [B * U]) as Tensor1D, logp.shape[1]), 'float32');
    const target = tf.sum(tf.mul(logp, hot), 1, true) as Tensor2D; // [B*U, 1]
    const rank = tf.reshape(tf.sum(tf.cast(tf.greater(logp, target), 'int32'), 1), [B, U]);
    // A key that training never saw is a miss whatever the model thinks of [UNK].
    const missed = tf.logicalOr(
      tf.greaterEqual(rank, tf.scalar(topG, 'int32')),
      tf.equal(targets, tf.scalar(Vocabulary.UNK, 'int32')),
    );
    const weights = tf.cast(predicted, 'float32');
    const found = {
      nll: tf.mul(tf.neg(tf.reshape(target, [B, U])), weights),
      misses: tf.mul(tf.cast(missed, 'int32'), predicted),
      masked: predicted,
    };
    return {
      log_probabilities: tf.mul(tf.reshape(logp, [B, U, logp.shape[1]]), tf.reshape(weights, [B, U, 1])),
      negative_log_likelihood: found.nll,
      top_g_miss: tf.cast(found.misses, 'float32'),
      score: servedScore(score, found, floor),
    };
  }

  return {
    fn,
    inputs: SERVED_INPUTS,
    constants: {},
    sums: { P: { of: 'T', plus: W }, ...(end && W > 1 ? { U: { of: 'T', plus: 1 } } : {}) },
    end,
  };
}

/** The end behind the last event is a target as well: keys, mask [B, T] -> [B, T + 1] */
function withEnd(keys: Tensor, mask: Tensor, B: number): { targets: Tensor; predicted: Tensor } {
  const column = (value: number) => tf.fill([B, 1], value, 'int32');
  const predicted = tf.concat([column(1), mask], 1);
  const isEnd = tf.sub(predicted, tf.concat([mask, column(0)], 1));
  const targets = tf.concat([keys, column(Vocabulary.PAD)], 1);
  return { targets: tf.add(targets, tf.mul(isEnd, tf.scalar(Vocabulary.END, 'int32'))), predicted };
}
