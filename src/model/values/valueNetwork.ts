import type { Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { Vocabulary } from '../../data/vocabulary.js';
import type { HostTensors, Signature, TensorFunction, Tensors } from '../../engine/engine.js';
import { Random } from '../../random.js';
import { initial, linear, linearParameters } from '../layers.js';
import { lstmParameters, lstmSteps } from '../lstm.js';
import type { Trainable } from '../model.js';

/** The settings of such a network. */
export interface ValueShape {
  /** W, the events before an event that its quantities are predicted from. */
  readonly window: number;
  readonly embedding: number;
  readonly hidden: number;
  readonly layers: number;
}

/** A network that predicts the quantities of an event, from its key and the events before it in its session. */
export interface ValueNetwork extends Trainable {
  /** Of its parameters. */
  readonly names: readonly string[];
  /** The windows of a valued sequence, one for each event that has a quantity. */
  cut(sequence: Int32Array): Iterable<Int32Array>;
  /** Computes `predicted` [B, P]. */
  readonly score: TensorFunction;
  readonly scoreInputs: Signature;
  scoringBatch(rows: readonly Int32Array[], B: number): HostTensors;
}

/** What is further from the mean than this is shown to the network as this: an outlier must not drown the events behind it. */
const FARTHEST = 10;

/**
 * DeepLog's model of parameter values (Du, Li, Zheng, Srikumar, CCS 2017, section 3.2) as one network for all keys: an LSTM
 * reads the keys and the quantities of the events before an event, then the event's key as a question, and a linear layer
 * answers with its quantities. The loss is the mean squared error over those that the event has.
 *
 * Legend: B windows, W events in a window, V keys, P quantities, H hidden. A row is W + 1 records of 1 + P numbers: the key, and
 * the bits of the quantities (quantities.ts) as 32-bit floats, NaN where there is none.
 */
export function valueNetwork(shape: ValueShape, V: number, P: number): ValueNetwork {
  const { window: W, embedding: E, hidden, layers } = shape;
  const inputs = {
    keys: { shape: [W, 'B'], dtype: 'int32' },
    numbers: { shape: [W, 'B', 2 * P], dtype: 'float32' },
    query: { shape: ['B'], dtype: 'int32' },
  } as const;

  /** keys [W, B], numbers [W, B, 2P] (quantities, and 1 where there is one), query [B] -> quantities [B, P] */
  function predict(inputs: Tensors): Tensor2D {
    const B = inputs.query.shape[0] as number;
    const gates = linear(inputs['values/embedding'] as Tensor2D, inputs, 'values/lstm/inputs'); // [2V, 4H]
    const flat = tf.reshape(inputs.numbers, [W * B, 2 * P]) as Tensor2D;
    const numbers = tf.split(tf.matMul(flat, inputs['values/numbers'] as Tensor2D), W); // W x [B, 4H]
    const events = tf.split(inputs.keys as Tensor2D, W).map((keys, t) => {
      return tf.add(tf.gather(gates, tf.reshape(keys, [-1])), numbers[t]) as Tensor2D;
    });
    const question = tf.gather(gates, tf.add(inputs.query, tf.scalar(V, 'int32'))) as Tensor2D;
    return linear(lstmSteps([...events, question], inputs, 'values/lstm', layers), inputs, 'values/output');
  }

  function scoringBatch(rows: readonly Int32Array[], B: number): HostTensors {
    const keys = new Int32Array(W * B).fill(Vocabulary.PAD);
    const numbers = new Float32Array(W * B * 2 * P);
    const query = new Int32Array(B).fill(Vocabulary.PAD);
    rows.forEach((row, b) => {
      const floats = floatsOf(row);
      for (let t = 0; t < W; t++) {
        const key = row[t * (1 + P)];
        if (key === Vocabulary.PAD) continue;
        keys[t * B + b] = key;
        for (let p = 0; p < P; p++) show(floats[t * (1 + P) + 1 + p], numbers, (t * B + b) * 2 * P + p, P);
      }
      query[b] = row[W * (1 + P)];
    });
    return {
      keys: { data: keys, shape: [W, B] },
      numbers: { data: numbers, shape: [W, B, 2 * P] },
      query: { data: query, shape: [B] },
    };
  }

  const parameters = (random: Random): HostTensors => ({
    // A key as one of the events before, and V further on as the one that is asked for.
    'values/embedding': initial([2 * V, E], () => random.normal()),
    ...lstmParameters('values/lstm', { inputs: E, hidden, layers }, random),
    'values/numbers': initial([2 * P, 4 * hidden], () => (2 * random.next() - 1) / Math.sqrt(hidden)),
    ...linearParameters('values/output', hidden, P, random),
  });

  return {
    parameters,
    names: Object.keys(parameters(new Random('names'))),
    state: () => ({}),
    averages: {},
    *cut(sequence) {
      const record = 1 + P;
      const padded = new Int32Array(W * record + sequence.length);
      padded.set(sequence, W * record);
      const floats = floatsOf(padded);
      for (let at = 0; at < sequence.length; at += record) {
        const row = padded.subarray(at, at + (W + 1) * record);
        if (hasQuantity(floats.subarray(at + W * record + 1, at + (W + 1) * record))) yield row;
      }
    },
    tokens: () => W + 1,

    /** targets [B, P]; weights [B, P]: 1 / (windows of the batch x quantities of the event), 0 where there is none */
    loss(inputs) {
      const error = tf.square(tf.sub(predict(inputs), inputs.targets));
      return { loss: tf.sum(tf.mul(error, inputs.weights)) };
    },
    lossInputs: {
      ...inputs,
      targets: { shape: ['B', P], dtype: 'float32' },
      weights: { shape: ['B', P], dtype: 'float32' },
    },
    trainingBatch(rows, B) {
      const [targets, weights] = [new Float32Array(B * P), new Float32Array(B * P)];
      rows.forEach((row, b) => {
        const found = floatsOf(row).subarray(W * (1 + P) + 1);
        const present = found.filter((value) => !Number.isNaN(value)).length;
        found.forEach((value, p) => {
          if (Number.isNaN(value)) return;
          targets[b * P + p] = clipped(value);
          weights[b * P + p] = 1 / (rows.length * present);
        });
      });
      return {
        ...scoringBatch(rows, B),
        targets: { data: targets, shape: [B, P] },
        weights: { data: weights, shape: [B, P] },
      };
    },

    score: (inputs) => ({ predicted: predict(inputs) }),
    scoreInputs: inputs,
    scoringBatch,
  };
}

/** A session as the network reads it: a record for each event. @param vectors (events x P) */
export function valuedSequence(keys: Int32Array, vectors: Float32Array): Int32Array {
  const P = keys.length === 0 ? 0 : vectors.length / keys.length;
  const sequence = new Int32Array(keys.length * (1 + P));
  const floats = floatsOf(sequence);
  keys.forEach((key, i) => {
    floats.set(vectors.subarray(i * P, (i + 1) * P), i * (1 + P) + 1);
    sequence[i * (1 + P)] = key;
  });
  return sequence;
}

export function hasQuantity(vector: Float32Array): boolean {
  return vector.some((value) => !Number.isNaN(value));
}

/** A quantity, and P places further on that it is there. */
function show(value: number, numbers: Float32Array, at: number, P: number): void {
  if (Number.isNaN(value)) return;
  numbers[at] = clipped(value);
  numbers[at + P] = 1;
}

function clipped(value: number): number {
  return Math.max(-FARTHEST, Math.min(FARTHEST, value));
}

function floatsOf({ buffer, byteOffset, length }: Int32Array): Float32Array {
  return new Float32Array(buffer, byteOffset, length);
}
