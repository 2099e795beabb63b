import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** What was found of B sequences of U units. */
export interface Found {
  /** Mean negative log-likelihood of each unit [B, U]; 0 where it was never predicted. */
  readonly nll: Tensor;
  /** How often each unit was predicted, and missed [B, U]. */
  readonly masked: Tensor;
  readonly misses: Tensor;
  /** Mean squared distance to the centre [B]. */
  readonly distance?: Tensor;
}

/** Scores that an export computes; the others need the toolkit. */
const SERVED = ['improbable', 'peak', 'nll', 'misses', 'distance'];

/** Whether an export can have the score of this name. */
export function isServed(name: string): boolean {
  return SERVED.includes(name);
}

/** The score of this name, as `eventScores` has it, of every sequence: [B] */
export function servedScore(name: string, { nll, masked, misses, distance }: Found, floor: number): Tensor {
  const total = (x: Tensor) => tf.cast(tf.sum(x, 1), 'float32');
  const atLeastOne = (x: Tensor) => tf.maximum(total(x), 1);
  switch (name) {
    case 'improbable':
      return total(tf.cast(tf.greater(nll, -Math.log(floor)), 'int32'));
    case 'peak':
      return tf.max(nll, 1);
    case 'nll':
      return tf.div(total(nll), atLeastOne(tf.cast(tf.greater(masked, 0), 'int32')));
    case 'misses':
      return tf.div(total(misses), atLeastOne(masked));
    case 'distance':
      if (distance) return distance;
  }
  throw new Error(`The model has no score ${name} to be served.`);
}
