import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { Vocabulary } from '../../data/vocabulary.js';
import type { Context, Signature, Tensors } from '../../engine/engine.js';
import { eventScores } from '../eventScores.js';
import { encoder, encoderParameters, initial, linear, linearParameters, sinusoids } from '../layers.js';
import type { ModelContext, SequenceModel } from '../model.js';
import { pieces } from '../rows.js';
import { maskForTraining, scoringMask } from './masking.js';
import type { LogbertSettings } from './settings.js';

/**
 * LogBERT (Guo, Yuan, Wu: LogBERT: Log Anomaly Detection via BERT, IJCNN 2021).
 *
 * A session becomes [DIST], key 1, …, key n. A transformer encoder learns to tell masked keys from their surroundings
 * (section III-B, masked log key prediction) and to place the [DIST] output of normal sessions near one centre
 * (volume of hypersphere minimisation).
 *
 * Legend: B sequences, T tokens with [DIST], D hidden, V vocabulary.
 */
export function logbert(settings: LogbertSettings, { vocabularySize: V, seed, rounds }: ModelContext): SequenceModel {
  const { hidden: D, maxLength, maskRatio, scoringMaskRatio = maskRatio, ends, hypersphere, topG } = settings;

  /** keys [B, T] -> the encoder's output [T*B, D] */
  function encode(keys: Tensor2D, parameters: Tensors, context: Context): Tensor2D {
    const [B, T] = keys.shape;
    const tokens = tf.reshape(tf.transpose(keys), [T * B]);
    const embedded = tf.reshape(tf.gather(parameters['embedding/key'], tokens), [T, B, D]);
    const positions = tf.reshape(tf.slice(sinusoids(maxLength, D), [0, 0], [T, D]), [T, 1, D]);
    const x = context.dropout(tf.reshape(tf.add(embedded, positions), [T * B, D]), settings.dropout);
    const padding = tf.cast(tf.equal(keys, tf.scalar(Vocabulary.PAD, 'int32')), 'float32'); // [B, T]
    const bias = tf.reshape(tf.mul(padding, -1e9), [B, 1, 1, T]);
    return encoder(x as Tensor2D, bias, parameters, settings, context);
  }

  /** [T*B, D] -> log-probabilities of the keys [T*B, V] */
  function logProbabilities(x: Tensor2D, parameters: Tensors): Tensor2D {
    return tf.logSoftmax(linear(x, parameters, 'keys'));
  }

  /** The log-probability of each target: keys [B, T] -> [T*B, 1] */
  function targetLogProbabilities(logp: Tensor2D, targets: Tensor2D): Tensor2D {
    const [B, T] = targets.shape;
    // Cast afterwards: the wasm back end of TensorFlow.js makes float one-hot tensors of integer bits.
    const hot = tf.cast(tf.oneHot(tf.reshape(tf.transpose(targets), [T * B]) as Tensor1D, V), 'float32');
    return tf.sum(tf.mul(logp, hot), 1, true);
  }

  /** Squared distance of the [DIST] outputs to the centre, the mean over D as in the authors' code: [B] */
  function distances(dist: Tensor2D, centre: Tensor): Tensor1D {
    return tf.mul(tf.sum(tf.square(tf.sub(dist, centre)), 1), 1 / D);
  }

  /** [T*B, D] -> the outputs of the [DIST] tokens [B, D] */
  function distOutputs(x: Tensor2D, B: number, T: number): Tensor2D {
    const first = tf.gather(tf.reshape(x, [T, B * D]), tf.tensor1d([0], 'int32')); // [1, B*D]
    return tf.reshape(first, [B, D]);
  }

  /**
   * keys, targets [B, T]; weights [B, T]: 1 / (masked tokens of the batch) where masked, else 0;
   * rowWeights [B]: 1 / (sequences of the batch), 0 for an empty row.
   */
  function loss(inputs: Tensors, context: Context): Tensors {
    const keys = inputs.keys as Tensor2D;
    const [B, T] = keys.shape;
    const x = encode(keys, inputs, context);
    const logp = targetLogProbabilities(logProbabilities(x, inputs), inputs.targets as Tensor2D);
    const weights = tf.reshape(tf.transpose(inputs.weights), [T * B, 1]);
    const keyLoss = tf.neg(tf.sum(tf.mul(logp, weights)));
    const dist = distOutputs(x, B, T);
    const rows = tf.reshape(inputs.rowWeights, [B, 1]);
    const meanDist = tf.sum(tf.mul(dist, rows), 0); // [D]
    if (hypersphere === 0) return { loss: keyLoss, keyLoss, meanDist };
    // The centre is the mean of the epoch before; until there is one, the hypersphere waits.
    const known = tf.cast(tf.greater(tf.sum(tf.abs(inputs.centre)), 0), 'float32');
    const distance = tf.mul(known, tf.sum(tf.mul(distances(dist, inputs.centre), inputs.rowWeights)));
    return { loss: tf.add(keyLoss, tf.mul(distance, hypersphere)), keyLoss, distance, meanDist };
  }

  /** keys, targets [B, T] -> per token: nll, rank (keys that are likelier than the target), expected; distance [B] */
  function score(inputs: Tensors, context: Context): Tensors {
    const keys = inputs.keys as Tensor2D;
    const [B, T] = keys.shape;
    const x = encode(keys, inputs, context);
    const logp = logProbabilities(x, inputs);
    const target = targetLogProbabilities(logp, inputs.targets as Tensor2D);
    const perToken = (y: Tensor) => tf.transpose(tf.reshape(y, [T, B])); // [T*B] -> [B, T]
    return {
      nll: perToken(tf.neg(target)),
      rank: perToken(tf.sum(tf.cast(tf.greater(logp, target), 'int32'), 1)),
      expected: perToken(tf.argMax(logp, 1)),
      distance: distances(distOutputs(x, B, T), inputs.centre),
    };
  }

  const perToken = (dtype: 'int32' | 'float32') => ({ shape: ['B', 'T'], dtype }) as const;
  const lossInputs: Signature = {
    keys: perToken('int32'),
    targets: perToken('int32'),
    weights: perToken('float32'),
    rowWeights: { shape: ['B'], dtype: 'float32' },
  };

  return {
    cut: (sequence) => pieces(sequence, maxLength - 1 - ends),
    events: ({ length }) => length,
    tokens: ({ length }) => 1 + length + ends,
    averages: { centre: 'meanDist' },
    loss,
    lossInputs,
    score,
    scoringRows: 32,
    rounds: () => rounds,
    scoreInputs: { keys: perToken('int32'), targets: perToken('int32') },

    parameters: (random) => ({
      'embedding/key': initial([V, D], () => random.normal() * 0.02),
      ...encoderParameters(settings, random),
      ...linearParameters('keys', D, V, random),
    }),

    state: () => ({ centre: { data: new Float32Array(D), shape: [D] } }),

    trainingBatch(sequences, B, T, random) {
      const { keys, targets } = padded(sequences, B, T, () => (ends === 0 ? 0 : 1 + random.int(ends)));
      const weights = new Float32Array(B * T);
      let masked = 0;
      sequences.forEach(({ length }, row) => {
        for (const i of maskForTraining(maskable(keys, row, T, length), maskRatio, V, random)) {
          if (i === length) hideEnd(keys, row, T);
          weights[row * T + 1 + i] = 1;
          masked++;
        }
      });
      const rowWeights = Float32Array.from({ length: B }, (_, row) =>
        row < sequences.length ? 1 / sequences.length : 0,
      );
      return {
        keys: { data: keys, shape: [B, T] },
        targets: { data: targets, shape: [B, T] },
        weights: { data: weights.map((w) => w / masked), shape: [B, T] },
        rowWeights: { data: rowWeights, shape: [B] },
      };
    },

    scoringBatch(sequences, B, T, round) {
      const { keys, targets } = padded(sequences, B, T, () => Math.ceil(ends / 2));
      sequences.forEach(({ length }, row) => {
        const tokens = maskable(keys, row, T, length);
        for (const i of scoringMask(seed, tokens.length, round, rounds, scoringMaskRatio)) {
          if (i === length) hideEnd(keys, row, T);
          tokens[i] = Vocabulary.MASK;
        }
      });
      return { keys: { data: keys, shape: [B, T] }, targets: { data: targets, shape: [B, T] } };
    },

    tally(outputs, { keys, targets }, tallies) {
      const T = keys.shape[1];
      tallies.forEach((tally, row) => {
        tally.distance += outputs.distance.data[row];
        tally.rounds++;
        const units = tally.length + (ends === 0 ? 0 : 1);
        for (let i = 0; i < units; i++) {
          const at = row * T + 1 + i;
          if (keys.data[at] !== Vocabulary.MASK) continue;
          tally.masked[i]++;
          tally.surprise[i] += outputs.nll.data[at];
          tally.expected[i] = outputs.expected.data[at];
          // A key that training never saw is a miss whatever the model thinks of [UNK].
          if (outputs.rank.data[at] >= topG || targets.data[at] === Vocabulary.UNK) tally.misses[i]++;
        }
      });
    },

    summarize: (tally) => ({
      ...eventScores(tally, settings.floor),
      distance: tally.distance / Math.max(1, tally.rounds),
    }),
  };
}

/** [DIST], the keys and the [END]s of each sequence, filled up with [PAD]: two equal copies, one to be masked. */
function padded(
  sequences: readonly Int32Array[],
  B: number,
  T: number,
  ends: () => number,
): { keys: Int32Array; targets: Int32Array } {
  const targets = new Int32Array(B * T).fill(Vocabulary.PAD);
  sequences.forEach((sequence, row) => {
    const first = row * T;
    const end = first + 1 + sequence.length;
    targets[first] = Vocabulary.DIST;
    targets.set(sequence, first + 1);
    targets.fill(Vocabulary.END, end, end + ends());
  });
  return { keys: targets.slice(), targets };
}

/** What can be masked of a row: its events and, where there is one, the first [END]; a view. */
function maskable(keys: Int32Array, row: number, T: number, length: number): Int32Array {
  const first = row * T + 1;
  const ends = keys[first + length] === Vocabulary.END ? 1 : 0;
  return keys.subarray(first, first + length + ends);
}

/** The [END]s of a row are masked together: one that stays in sight would give the others away. */
function hideEnd(keys: Int32Array, row: number, T: number): void {
  for (let i = row * T; i < (row + 1) * T; i++) if (keys[i] === Vocabulary.END) keys[i] = Vocabulary.MASK;
}
