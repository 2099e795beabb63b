import type { Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { Vocabulary } from '../../data/vocabulary.js';
import type { Context, HostTensors, Tensors } from '../../engine/engine.js';
import { eventScores } from '../eventScores.js';
import { causalBias, embedKeys, flatTokens, keyScores, logProbabilityOf, perToken } from '../keyTokens.js';
import { encoder, encoderParameters, initial, linear, linearParameters } from '../layers.js';
import { type ModelContext, type SequenceModel, tallyEvent } from '../model.js';
import { pieces } from '../rows.js';
import type { NextKeySettings } from './settings.js';

/**
 * A transformer that tells each key from all those before it: the next-key model of LogGPT (Han, Yuan, Trabelsi: LogGPT:
 * Log Anomaly Detection via GPT, IEEE BigData 2023, section IV-B), without its reinforcement step.
 *
 * [DIST], key 1, …, key n are the inputs; key 1, …, key n and, if it is asked for, [END] the targets.
 */
export function nextKey(settings: NextKeySettings, { vocabularySize: V }: ModelContext): SequenceModel {
  const { hidden: D, maxLength, end, topG } = settings;

  /** keys [B, T] -> log-probabilities of what follows each token [T*B, V] */
  function predict(inputs: Tensors, context: Context): Tensor2D {
    const keys = inputs.keys as Tensor2D;
    const x = encoder(
      embedKeys(keys, inputs, settings, context),
      causalBias(keys, maxLength),
      inputs,
      settings,
      context,
    );
    return tf.logSoftmax(linear(x, inputs, 'keys'));
  }

  function batch(rows: readonly Int32Array[], B: number, T: number): HostTensors {
    const [keys, targets] = [0, 1].map(() => new Int32Array(B * T).fill(Vocabulary.PAD));
    rows.forEach((row, b) => {
      keys[b * T] = Vocabulary.DIST;
      keys.set(row, b * T + 1);
      targets.set(row, b * T);
      if (end) targets[b * T + row.length] = Vocabulary.END;
    });
    return { keys: { data: keys, shape: [B, T] }, targets: { data: targets, shape: [B, T] } };
  }

  const perKey = (dtype: 'int32' | 'float32') => ({ shape: ['B', 'T'], dtype }) as const;
  const keys = { keys: perKey('int32'), targets: perKey('int32') };

  return {
    cut: (sequence) => pieces(sequence, maxLength - 1),
    events: ({ length }) => length,
    tokens: ({ length }) => 1 + length,
    averages: {},
    state: () => ({}),
    parameters: (random) => ({
      'embedding/key': initial([V, D], () => random.normal() * 0.02),
      ...encoderParameters(settings, random),
      ...linearParameters('keys', D, V, random),
    }),

    /** weights [B, T]: 1 / (targets of the batch) where there is one, else 0 */
    loss(inputs, context) {
      const target = logProbabilityOf(predict(inputs, context), flatTokens(inputs.targets));
      return { loss: tf.neg(tf.sum(tf.mul(tf.reshape(target, [-1]), flatTokens(inputs.weights)))) };
    },
    lossInputs: { ...keys, weights: perKey('float32') },
    trainingBatch(rows, B, T) {
      const inputs = batch(rows, B, T);
      const targets = Array.from(inputs.targets.data, (key): number => (key === Vocabulary.PAD ? 0 : 1));
      const count = targets.reduce((sum, n) => sum + n, 0);
      return { ...inputs, weights: { data: Float32Array.from(targets, (n) => n / count), shape: [B, T] } };
    },

    score(inputs, context) {
      const scores = keyScores(predict(inputs, context), flatTokens(inputs.targets));
      const shape = inputs.keys.shape;
      return Object.fromEntries(Object.entries(scores).map(([name, x]) => [name, perToken(x, shape)]));
    },
    scoreInputs: keys,
    scoringRows: 32,
    rounds: () => 1,
    scoringBatch: batch,
    tally({ nll, entropy, rank, expected }, { targets }, tallies) {
      const outputs = { nll, entropy, rank, expected };
      const T = targets.shape[1];
      tallies.forEach((tally, row) => {
        for (let i = 0; i < tally.length + (end ? 1 : 0); i++) {
          const at = row * T + i;
          tallyEvent(tally, i, outputs, at, { topG, known: targets.data[at] !== Vocabulary.UNK });
        }
      });
    },
    summarize(tally) {
      const { misses, ...others } = eventScores(tally, settings.floor);
      return { misses, ...others };
    },
    threshold: { rule: 'any event missed, as published', value: 0 },
  };
}
