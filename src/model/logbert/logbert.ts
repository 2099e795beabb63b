import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { PAUSE_CLASSES } from '../../data/pauses.js';
import { Vocabulary } from '../../data/vocabulary.js';
import type { Context, HostTensors, Signature, Tensors } from '../../engine/engine.js';
import { eventScores } from '../eventScores.js';
import { embedKeys, flatTokens, keyScores, logProbabilityOf, paddingBias } from '../keyTokens.js';
import { encoder, encoderParameters, initial, linear, linearParameters } from '../layers.js';
import { type ModelContext, type SequenceModel, tallyEvent } from '../model.js';
import { pieces } from '../rows.js';
import { isServed } from '../servedScore.js';
import { keysOf, pausesOf } from '../timedKeys.js';
import { maskForTraining, scoringMask } from './masking.js';
import { servedLogbert } from './served.js';
import type { LogbertSettings } from './settings.js';

/**
 * LogBERT (Guo, Yuan, Wu: LogBERT: Log Anomaly Detection via BERT, IJCNN 2021).
 *
 * A session becomes [DIST], key 1, …, key n. A transformer encoder learns to tell masked keys from their surroundings
 * (section III-B, masked log key prediction) and to place the [DIST] output of normal sessions near one centre
 * (volume of hypersphere minimisation).
 *
 * Legend: B sequences, T tokens with [DIST], R tokens whose outputs are read in scoring, D hidden, V vocabulary.
 */
export function logbert(settings: LogbertSettings, context: ModelContext): SequenceModel {
  const { vocabularySize: V, seed, rounds } = context;
  const {
    hidden: D,
    maxLength,
    maskRatio,
    scoringMaskRatio = maskRatio,
    ends,
    leaveOneOut,
    time,
    hypersphere,
    topG,
  } = settings;

  /** keys [B, T] -> the encoder's output [T*B, D], or at the tokens asked for alone [R, D] */
  function encode(keys: Tensor2D, inputs: Tensors, context: Context, asked?: Tensor1D): Tensor2D {
    const embedded = embedKeys(keys, inputs, settings, context, inputs.pauses as Tensor2D | undefined);
    return encoder(embedded, paddingBias(keys), inputs, settings, context, asked);
  }

  /** [T*B, D] -> log-probabilities of the keys [T*B, V] */
  function logProbabilities(x: Tensor2D, parameters: Tensors): Tensor2D {
    return tf.logSoftmax(linear(x, parameters, 'keys'));
  }

  /** The log-probability of each target: keys [B, T] -> [T*B, 1] */
  function targetLogProbabilities(logp: Tensor2D, targets: Tensor2D): Tensor2D {
    return logProbabilityOf(logp, flatTokens(targets));
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
    const keyLoss = tf.mul(tf.neg(tf.sum(tf.mul(logp, weights))), settings.keyLoss);
    const dist = distOutputs(x, B, T);
    const rows = tf.reshape(inputs.rowWeights, [B, 1]);
    const meanDist = tf.sum(tf.mul(dist, rows), 0); // [D]
    if (hypersphere === 0) return { loss: keyLoss, keyLoss, meanDist };
    // The centre is the mean of the epoch before; until there is one, the hypersphere waits.
    const known = tf.cast(tf.greater(tf.sum(tf.abs(inputs.centre)), 0), 'float32');
    const distance = tf.mul(known, tf.sum(tf.mul(distances(dist, inputs.centre), inputs.rowWeights)));
    return { loss: tf.add(keyLoss, tf.mul(distance, hypersphere)), keyLoss, distance, meanDist };
  }

  /**
   * keys [B, T]; asked [R], indices t*B + b of masked tokens and of the [DIST] of their sequences; targets [R] -> for each that is
   * asked for: nll, entropy, rank (keys that are likelier than the target) and expected, of a masked token; distance, of a [DIST]
   */
  function score(inputs: Tensors, context: Context): Tensors {
    const x = encode(inputs.keys as Tensor2D, inputs, context, inputs.asked as Tensor1D);
    return {
      ...keyScores(logProbabilities(x, inputs), inputs.targets as Tensor1D),
      distance: distances(x, inputs.centre),
    };
  }

  const perKey = (dtype: 'int32' | 'float32') => ({ shape: ['B', 'T'], dtype }) as const;
  const seen: Signature = { keys: perKey('int32'), ...(time ? { pauses: perKey('int32') } : {}) };
  const scoreInputs: Signature = {
    ...seen,
    asked: { shape: ['R'], dtype: 'int32' },
    targets: { shape: ['R'], dtype: 'int32' },
  };
  const lossInputs: Signature = {
    ...seen,
    targets: perKey('int32'),
    weights: perKey('float32'),
    rowWeights: { shape: ['B'], dtype: 'float32' },
  };

  const parts = { encode, logProbabilities, targetLogProbabilities, distOutputs, distances };
  const served = (name: string) => (isServed(name) ? servedLogbert(parts, settings, context, name) : undefined);

  return {
    cut: (sequence) => pieces(sequence, maxLength - 1 - ends),
    events: ({ length }) => length,
    tokens: ({ length }) => 1 + length + ends,
    averages: { centre: 'meanDist' },
    loss,
    lossInputs,
    score,
    scoringRows: 32,
    rounds: (rows) => (leaveOneOut ? Math.max(1, ...rows.map(({ length }) => length + (ends === 0 ? 0 : 1))) : rounds),
    scoreInputs,
    timed: time,
    // Rounds mask places, which an export does as well; leaving out one event at a time knows no places.
    unordered: leaveOneOut && !settings.positions,

    parameters: (random) => ({
      'embedding/key': initial([V, D], () => random.normal() * 0.02),
      ...(time ? { 'embedding/pause': initial([PAUSE_CLASSES, D], () => random.normal() * 0.02) } : {}),
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
        ...pausesOfBatch(sequences, B, T, (at) => weights[at] === 0),
        weights: { data: weights.map((w) => w / masked), shape: [B, T] },
        rowWeights: { data: rowWeights, shape: [B] },
      };
    },

    scoringBatch(sequences, B, T, round) {
      const { keys, targets } = padded(sequences, B, T, () => Math.ceil(ends / 2));
      const asked: number[] = [];
      sequences.forEach(({ length }, row) => {
        const tokens = maskable(keys, row, T, length);
        // In leaving one out a longer sequence has rounds of its own, which tell nothing of its company.
        if (leaveOneOut && round >= tokens.length) return;
        asked.push(row);
        const masked = leaveOneOut ? [round] : scoringMask(seed, tokens.length, round, rounds, scoringMaskRatio);
        for (const i of masked) {
          if (i === length) hideEnd(keys, row, T);
          tokens[i] = Vocabulary.MASK;
          asked.push((1 + i) * B + row);
        }
      });
      const targetOf = (at: number) => targets[(at % B) * T + Math.floor(at / B)];
      return {
        keys: { data: keys, shape: [B, T] },
        asked: { data: Int32Array.from(asked), shape: [asked.length] },
        targets: { data: Int32Array.from(asked, targetOf), shape: [asked.length] },
        ...pausesOfBatch(sequences, B, T, (at) => keys[at] !== Vocabulary.MASK),
      };
    },

    tally({ nll, entropy, rank, expected, distance }, { keys, asked, targets }, tallies) {
      const B = keys.shape[0];
      asked.data.forEach((token, at) => {
        const tally = tallies[token % B];
        if (token >= B) {
          const known = targets.data[at] !== Vocabulary.UNK;
          tallyEvent(tally, Math.floor(token / B) - 1, { nll, entropy, rank, expected }, at, { topG, known });
          return;
        }
        tally.distance += distance.data[at];
        tally.rounds++;
      });
    },

    summarize: (tally) => ({
      ...eventScores(tally, settings.floor),
      distance: tally.distance / Math.max(1, tally.rounds),
    }),

    ...(leaveOneOut || time ? {} : { served }),
  };

  /** The pauses before the events that are in sight, 0 for all other tokens; nothing for a model that reads none. */
  function pausesOfBatch(
    sequences: readonly Int32Array[],
    B: number,
    T: number,
    inSight: (at: number) => boolean,
  ): HostTensors {
    if (!time) return {};
    const data = new Int32Array(B * T);
    sequences.forEach((sequence, row) => {
      pausesOf(sequence).forEach((pause, i) => {
        const at = row * T + 1 + i;
        if (inSight(at)) data[at] = pause;
      });
    });
    return { pauses: { data, shape: [B, T] } };
  }
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
    targets.set(keysOf(sequence), first + 1);
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
