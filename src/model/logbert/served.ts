import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { Vocabulary } from '../../data/vocabulary.js';
import type { Context, HostTensors, Tensors } from '../../engine/engine.js';
import type { ModelContext } from '../model.js';
import { SERVED_INPUTS, type Served } from '../served.js';
import { servedScore } from '../servedScore.js';
import { maskOrder, maskSpan } from './masking.js';
import type { LogbertSettings } from './settings.js';

/** The parts of the model that scoring is made of; shapes as in logbert.ts. */
export interface ServedParts {
  encode(keys: Tensor2D, parameters: Tensors, context: Context): Tensor2D;
  logProbabilities(x: Tensor2D, parameters: Tensors): Tensor2D;
  targetLogProbabilities(logp: Tensor2D, targets: Tensor2D): Tensor2D;
  distOutputs(x: Tensor2D, B: number, T: number): Tensor2D;
  distances(dist: Tensor2D, centre: Tensor): Tensor1D;
}

/**
 * Scoring as one function of the keys: all rounds of masking at once, with the masks of `scoringBatch`.
 *
 * Legend: B sequences of T events, K rounds, S = 1 + T + E tokens ([DIST], the events, the [END]s), U units that can be
 * masked: T, and one for the end where there is one; V vocabulary.
 */
export function servedLogbert(
  parts: ServedParts,
  settings: LogbertSettings,
  { vocabularySize: V, seed, rounds: K }: ModelContext,
  score: string,
): Served {
  const { maxLength, maskRatio, scoringMaskRatio = maskRatio, ends, floor, topG } = settings;
  const E = Math.ceil(ends / 2);
  const end = ends === 0 ? 0 : 1;
  const maxEvents = maxLength - 1 - ends;

  function fn(inputs: Tensors, context: Context): Tensors {
    const { keys, mask } = inputs;
    const [B, T] = keys.shape;
    const [S, U] = [T + 1 + E, T + end];
    const length = tf.sum(mask, 1, true); // [B, 1]
    // Index of the unit in the place of each token; -1 for [DIST].
    const unit = tf.slice(inputs['masks/unit'], [0, 0], [1, S]); // [1, S]
    const isEnd = both(tf.greaterEqual(unit, length), tf.less(unit, tf.add(length, int(E)))); // [B, S]
    const first = tf.fill([B, 1], Vocabulary.DIST, 'int32');
    const events = [first, tf.mul(keys, mask), ...(E > 0 ? [tf.fill([B, E], Vocabulary.PAD, 'int32')] : [])];
    const targets = tf.add(tf.concat(events, 1), tf.mul(isEnd, int(Vocabulary.END))); // [B, S]

    const chosen = chosenUnits(inputs, unit, tf.add(length, int(end)), B, S); // [B, K, S]
    const atEnd = tf.reshape(tf.cast(tf.equal(unit, length), 'int32'), [B, 1, S]);
    const endChosen = tf.max(tf.mul(chosen, atEnd), 2, true); // [B, K, 1]
    const hidden = end ? tf.maximum(chosen, tf.mul(endChosen, tf.reshape(isEnd, [B, 1, S]))) : chosen;
    const every = tf.broadcastTo(tf.reshape(targets, [B, 1, S]), [B, K, S]);
    const seen = tf.add(every, tf.mul(hidden, tf.sub(int(Vocabulary.MASK), every)));

    const x = parts.encode(tf.reshape(seen, [B * K, S]), inputs, context); // [S*B*K, D]
    const logp = parts.logProbabilities(x, inputs); // [S*B*K, V]
    const repeated = tf.reshape(every, [B * K, S]) as Tensor2D;
    const likelier = tf.sum(tf.cast(tf.greater(logp, parts.targetLogProbabilities(logp, repeated)), 'int32'), 1);
    const weights = tf.transpose(chosen, [2, 0, 1]); // [B, K, S] -> [S, B, K]
    const missed = tf.mul(tf.reshape(tf.cast(tf.greaterEqual(likelier, int(topG)), 'int32'), [S, B, K]), weights);
    const masked = tf.sum(weights, 2); // [S, B]
    const times = tf.cast(tf.maximum(masked, int(1)), 'float32');
    const summed = tf.sum(
      tf.mul(tf.reshape(logp, [S * B, K, V]), tf.reshape(tf.cast(weights, 'float32'), [S * B, K, 1])),
      1,
    ); // [S*B, V]
    const mean = tf.div(summed, tf.reshape(times, [S * B, 1])) as Tensor2D; // [S*B, V]
    const unknown = tf.cast(tf.equal(tf.transpose(targets), int(Vocabulary.UNK)), 'int32'); // [S, B]
    // A key that training never saw is a miss whatever the model thinks of [UNK].
    const misses = tf.add(tf.sum(missed, 2), tf.mul(unknown, tf.sub(masked, tf.sum(missed, 2))));
    const perUnit = (y: Tensor) => tf.slice(tf.transpose(tf.reshape(y, [S, B])), [0, 1], [B, U]); // -> [B, U]
    const found = {
      nll: perUnit(tf.neg(parts.targetLogProbabilities(mean, targets as Tensor2D))),
      misses: perUnit(misses),
      masked: perUnit(masked),
      distance: tf.mean(tf.reshape(parts.distances(parts.distOutputs(x, B * K, S), inputs.centre), [B, K]), 1),
    };
    return {
      log_probabilities: tf.slice(tf.transpose(tf.reshape(mean, [S, B, V]), [1, 0, 2]), [0, 1, 0], [B, U, V]),
      negative_log_likelihood: found.nll,
      top_g_miss: tf.div(tf.cast(found.misses, 'float32'), tf.cast(tf.maximum(found.masked, int(1)), 'float32')),
      distance: found.distance,
      score: servedScore(score, found, floor),
    };
  }

  /** 1 where a round masks a unit: those whose place in the permutation lies in the round's span. units [B, 1] -> [B, K, S] */
  function chosenUnits(inputs: Tensors, unit: Tensor, units: Tensor, B: number, S: number): Tensor {
    const n = tf.reshape(units, [B]) as Tensor1D;
    const of = (name: string, shape: number[]) => tf.reshape(tf.gather(inputs[`masks/${name}`], n), shape);
    const index = tf.add(of('offset', [B, 1]), tf.maximum(unit, int(0))); // [B, S]
    const place = tf.reshape(tf.gather(inputs['masks/place'], tf.reshape(index, [B * S])), [B, 1, S]);
    const ahead = tf.sub(place, of('start', [B, K, 1])); // [B, K, S]
    const total = tf.reshape(units, [B, 1, 1]);
    const along = tf.add(ahead, tf.mul(tf.cast(tf.less(ahead, int(0)), 'int32'), total));
    const isUnit = both(tf.greaterEqual(unit, int(0)), tf.less(unit, units)); // [B, S]
    return tf.mul(tf.cast(tf.less(along, of('count', [B, 1, 1])), 'int32'), tf.reshape(isUnit, [B, 1, S]));
  }

  return {
    fn,
    inputs: SERVED_INPUTS,
    constants: maskTables(seed, maxEvents + end, maxLength, K, scoringMaskRatio),
    sums: { S: { of: 'T', plus: 1 + E }, ...(end ? { U: { of: 'T', plus: 1 } } : {}) },
    maxEvents,
    end: end === 1,
  };
}

function int(n: number): Tensor {
  return tf.scalar(n, 'int32');
}

function both(a: Tensor, b: Tensor): Tensor {
  return tf.cast(tf.logicalAnd(a, b), 'int32');
}

/**
 * The masks of every length up to `longest` as tables: `place` holds for each length its permutation reversed (the place
 * of a position), one behind the other from `offset`; `start` [length, round] and `count` [length] say which places a round
 * masks; `unit` [1, tokens] counts units from -1, for [DIST] is none.
 */
function maskTables(seed: number, longest: number, tokens: number, rounds: number, ratio: number): HostTensors {
  const lengths = Array.from({ length: longest + 1 }, (_, n) => n);
  const offset = Int32Array.from(lengths, (n) => (n * (n - 1)) / 2);
  // Tokens behind the last unit read on, and what they read is not used.
  const place = new Int32Array(offset[longest] + longest + tokens);
  for (const n of lengths)
    maskOrder(seed, n).forEach((position, i) => {
      place[offset[n] + position] = i;
    });
  const start = Int32Array.from({ length: lengths.length * rounds }, (_, i) => {
    return maskSpan(Math.floor(i / rounds), i % rounds, rounds, ratio).start;
  });
  const count = Int32Array.from(lengths, (n) => (n === 0 ? 0 : maskSpan(n, 0, rounds, ratio).count));
  const unit = Int32Array.from({ length: tokens }, (_, i) => i - 1);
  return {
    'masks/place': { data: place, shape: [place.length] },
    'masks/offset': { data: offset, shape: [offset.length] },
    'masks/start': { data: start, shape: [lengths.length, rounds] },
    'masks/count': { data: count, shape: [count.length] },
    'masks/unit': { data: unit, shape: [1, tokens] },
  };
}
