import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { Vocabulary } from '../data/vocabulary.js';
import type { Context, Tensors } from '../engine/engine.js';
import { sinusoids } from './layers.js';

/*
 * What models of keys have in common. B sequences, T tokens, D hidden, V vocabulary, N predictions.
 */

/** How keys become vectors. */
export interface Embedding {
  readonly hidden: number;
  /** Longest input in tokens. */
  readonly maxLength: number;
  readonly dropout: number;
  /** Whether a vector tells the place of its key as well; default true. */
  readonly positions?: boolean;
}

/**
 * Keys as vectors with their positions: keys [B, T] -> [T*B, D]
 * @param pauses [B, T] classes of the pauses before the events, where they are told
 */
export function embedKeys(
  keys: Tensor2D,
  parameters: Tensors,
  { hidden: D, maxLength, dropout, positions = true }: Embedding,
  context: Context,
  pauses?: Tensor2D,
): Tensor2D {
  const [B, T] = keys.shape;
  const tokens = tf.reshape(tf.transpose(keys), [T * B]);
  const embedded = tf.reshape(tf.gather(parameters['embedding/key'], tokens), [T, B, D]);
  const places = tf.reshape(tf.slice(sinusoids(maxLength, D), [0, 0], [T, D]), [T, 1, D]);
  const placed = tf.reshape(positions ? tf.add(embedded, places) : embedded, [T * B, D]);
  const timed = pauses ? tf.add(placed, tf.gather(parameters['embedding/pause'], flatTokens(pauses))) : placed;
  return context.dropout(timed, dropout) as Tensor2D;
}

/** No token attends to padding: keys [B, T] -> [B, 1, 1, T] */
export function paddingBias(keys: Tensor2D): Tensor {
  const [B, T] = keys.shape;
  const padding = tf.cast(tf.equal(keys, tf.scalar(Vocabulary.PAD, 'int32')), 'float32'); // [B, T]
  return tf.reshape(tf.mul(padding, -1e9), [B, 1, 1, T]);
}

/** No token attends to a later one, so to padding at the end neither: keys [B, T] -> [B, 1, T, T] */
export function causalBias(keys: Tensor2D, maxLength: number): Tensor {
  const [B, T] = keys.shape;
  const later = Float32Array.from({ length: maxLength ** 2 }, (_, i) =>
    i % maxLength > Math.floor(i / maxLength) ? -1e9 : 0,
  );
  const table = tf.slice(tf.tensor2d(later, [maxLength, maxLength]), [0, 0], [T, T]);
  return tf.add(tf.zeros([B, 1, 1, 1]), tf.reshape(table, [1, 1, T, T]));
}

/** The log-probability of each target: logp [N, V], targets [N] -> [N, 1] */
export function logProbabilityOf(logp: Tensor2D, targets: Tensor1D): Tensor2D {
  // Cast afterwards: the wasm back end of TensorFlow.js makes float one-hot tensors of integer bits.
  return tf.sum(tf.mul(logp, tf.cast(tf.oneHot(targets, logp.shape[1]), 'float32')), 1, true);
}

/**
 * For each prediction: its negative log-likelihood, the entropy of what was expected (the mean of the negative log-likelihood, were the
 * model right), how many keys are likelier, and the likeliest; all [N].
 */
export function keyScores(
  logp: Tensor2D,
  targets: Tensor1D,
): { nll: Tensor; entropy: Tensor; rank: Tensor; expected: Tensor } {
  const target = logProbabilityOf(logp, targets);
  return {
    nll: tf.reshape(tf.neg(target), [-1]),
    entropy: tf.neg(tf.sum(tf.mul(tf.exp(logp), logp), 1)),
    rank: tf.sum(tf.cast(tf.greater(logp, target), 'int32'), 1),
    expected: tf.argMax(logp, 1),
  };
}

/** [B, T] -> [T*B], the order in which layers hold tokens. */
export function flatTokens(x: Tensor): Tensor1D {
  return tf.reshape(tf.transpose(x), [x.size]) as Tensor1D;
}

/** [T*B] -> [B, T] */
export function perToken(x: Tensor, [B, T]: readonly number[]): Tensor2D {
  return tf.transpose(tf.reshape(x, [T, B])) as Tensor2D;
}
