import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { HostTensors, Tensors } from '../engine/engine.js';
import type { Random } from '../random.js';
import { initial, linear } from './layers.js';

/*
 * Long short-term memory (Hochreiter and Schmidhuber, 1997; with the forget gate of Gers et al., 2000), unrolled over a
 * window. B sequences, T steps, E inputs, H hidden. The gates lie side by side in one product a step:
 *
 *   z = x W + h U + b        [B, 4H]
 *   i, f, o = sigmoid(z)     g = tanh(z)
 *   c' = f c + i g           h' = o tanh(c')
 *
 * The first layer is given x W + b, since its inputs are vectors of keys: a product for each key of the vocabulary and a
 * gather take the place of one for each event. Each further layer multiplies [x, h, 1] by one matrix. The gradient is
 * written by hand, for what TensorFlow.js derives from these lines has twice the operations.
 */

export interface LstmShape {
  readonly inputs: number;
  readonly hidden: number;
  readonly layers: number;
}

/** Parameters of a stack of layers: uniform in ±1/sqrt(H), as PyTorch's `LSTM` starts. */
export function lstmParameters(name: string, { inputs, hidden: H, layers }: LstmShape, random: Random): HostTensors {
  const bound = 1 / Math.sqrt(H);
  const uniform = (rows: number) => initial([rows, 4 * H], () => (2 * random.next() - 1) * bound);
  const parameters: HostTensors = {
    [`${name}/inputs/weight`]: uniform(inputs),
    [`${name}/inputs/bias`]: initial([4 * H], () => (2 * random.next() - 1) * bound),
    [`${name}/0`]: uniform(H),
  };
  for (let i = 1; i < layers; i++) parameters[`${name}/${i}`] = uniform(2 * H + 1);
  return parameters;
}

/**
 * Runs a stack of layers over windows of keys.
 * @param vectors what stands for each key: [V, E]
 * @param keys [T, B]
 * @returns the last layer's output after the last step: [B, H]
 */
export function lstm(vectors: Tensor2D, keys: Tensor2D, parameters: Tensors, name: string, layers: number): Tensor2D {
  const gates = linear(vectors, parameters, `${name}/inputs`); // [V, 4H]
  const inputs = tf.split(keys, keys.shape[0]).map((step) => tf.gather(gates, tf.reshape(step, [-1]))); // T x [B, 4H]
  return lstmSteps(inputs as Tensor2D[], parameters, name, layers);
}

/**
 * Runs a stack of layers over steps whose inputs have been multiplied already.
 * @param inputs x W + b of each step: T x [B, 4H]
 * @returns the last layer's output after the last step: [B, H]
 */
export function lstmSteps(inputs: readonly Tensor2D[], parameters: Tensors, name: string, layers: number): Tensor2D {
  const steps = inputs.length;
  const weights = Array.from({ length: layers }, (_, i) => parameters[`${name}/${i}`] as Tensor2D);
  const run = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const inputs = args.slice(0, steps) as Tensor2D[];
    const weights = args.slice(steps) as Tensor2D[];
    const stack: Cell[][] = [];
    for (const weight of weights) {
      const below = stack.at(-1)?.map(({ h }) => h);
      stack.push(below ? upperLayer(below, weight) : firstLayer(inputs, weight));
    }
    save([...stack.flat().flatMap((cell) => PARTS.map((part) => cell[part])), ...weights]);
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const cells = Array.from({ length: steps * layers }, (_, i) => cellFrom(saved.slice(i * PARTS.length)));
      const stack = weights.map((_, i) => cells.slice(i * steps, (i + 1) * steps));
      return gradients(dy as Tensor2D, stack, saved.slice(-layers) as Tensor2D[]);
    };
    return { value: stack[layers - 1][steps - 1].h, gradFunc };
  });
  return run(...inputs, ...weights) as Tensor2D;
}

/** One step of one layer: what its gradient needs; all [B, H] but `seen`. */
interface Cell {
  /** What the weights multiply: h of the step before, or [x, h, 1]. */
  seen: Tensor2D;
  i: Tensor2D;
  f: Tensor2D;
  o: Tensor2D;
  g: Tensor2D;
  /** i g */
  written: Tensor2D;
  /** f c */
  kept: Tensor2D;
  /** tanh(c') */
  squashed: Tensor2D;
  h: Tensor2D;
}
const PARTS = ['seen', 'i', 'f', 'o', 'g', 'written', 'kept', 'squashed', 'h'] as const;

function cellFrom(tensors: readonly Tensor[]): Cell {
  return Object.fromEntries(PARTS.map((part, i) => [part, tensors[i]])) as unknown as Cell;
}

/** @param inputs x W + b of each step [B, 4H] @param weight U [H, 4H] */
function firstLayer(inputs: readonly Tensor2D[], weight: Tensor2D): Cell[] {
  return unroll(inputs, weight, (gates, h) => ({ seen: h, z: tf.add(tf.matMul(h, weight), gates) }));
}

/** @param inputs x of each step [B, H] @param weight W, U and b, one above the other: [2H+1, 4H] */
function upperLayer(inputs: readonly Tensor2D[], weight: Tensor2D): Cell[] {
  const one = tf.ones([inputs[0].shape[0], 1]) as Tensor2D;
  return unroll(inputs, weight, (x, h) => {
    const seen = tf.concat([x, h, one], 1);
    return { seen, z: tf.matMul(seen, weight) };
  });
}

function unroll(
  inputs: readonly Tensor2D[],
  weight: Tensor2D,
  activate: (x: Tensor2D, h: Tensor2D) => { seen: Tensor2D; z: Tensor2D },
): Cell[] {
  let h = tf.zeros([inputs[0].shape[0], weight.shape[1] / 4]) as Tensor2D;
  let c = h;
  return inputs.map((x): Cell => {
    const { seen, z } = activate(x, h);
    const [i, f, o, g] = (tf.split(z, 4, 1) as Tensor2D[]).map((gate, n) =>
      n === 3 ? tf.tanh(gate) : tf.sigmoid(gate),
    );
    const written = tf.mul(i, g) as Tensor2D;
    const kept = tf.mul(f, c) as Tensor2D;
    c = tf.add(written, kept);
    const squashed = tf.tanh(c);
    h = tf.mul(o, squashed);
    return { seen, i, f, o, g, written, kept, squashed, h };
  });
}

/** The gradients for the first layer's inputs, T x [B, 4H], and for the weights, from that of the last output. */
function gradients(dy: Tensor2D, stack: readonly Cell[][], weights: readonly Tensor2D[]): Tensor[] {
  const dWeights: Tensor2D[] = [];
  let dGates: Tensor2D[] = [];
  let dOutputs: (Tensor2D | undefined)[] = stack[0].map((_, t) => (t === stack[0].length - 1 ? dy : undefined));
  for (let i = stack.length - 1; i >= 0; i--) {
    const layer = backward(dOutputs, stack[i], weights[i]);
    [dOutputs, dGates] = [layer.inputs, layer.gates];
    dWeights.unshift(layer.weight);
  }
  return [...dGates, ...dWeights];
}

/** One layer from its last step to its first. @param dOutputs the gradient of each step's output; undefined is 0 */
function backward(dOutputs: readonly (Tensor2D | undefined)[], cells: readonly Cell[], weight: Tensor2D) {
  const H = weight.shape[1] / 4;
  const above = tf.slice(weight, [0, 0], [weight.shape[0] - (weight.shape[0] % H), 4 * H]); // without the bias
  const inputs: Tensor2D[] = [];
  const gates: Tensor2D[] = [];
  let dh: Tensor2D | undefined;
  let dc: Tensor2D | undefined;
  for (let t = cells.length - 1; t >= 0; t--) {
    const cell = cells[t];
    dh = sum(dOutputs[t], dh)!;
    const out = tf.mul(dh, cell.h);
    // dh o (1 - tanh²(c')), where dh o tanh(c') = dh h'
    dc = sum(dc, tf.sub(tf.mul(dh, cell.o), tf.mul(out, cell.squashed)))!;
    const write = tf.mul(dc, cell.written);
    const keep = tf.mul(dc, cell.kept);
    const squash = tf.sub(tf.mul(dc, cell.i), tf.mul(write, cell.g)); // dc i (1 - g²)
    gates[t] = tf.concat([slope(write, cell.i), slope(keep, cell.f), slope(out, cell.o), squash] as Tensor2D[], 1); // [B, 4H]
    dc = tf.mul(dc, cell.f);
    const seen = tf.matMul(gates[t], above, false, true) as Tensor2D; // [B, H], or [B, 2H]: x and h
    [dh, inputs[t]] = seen.shape[1] === H ? [seen] : (tf.split(seen, 2, 1).reverse() as Tensor2D[]);
  }
  const products = cells.map(({ seen }, t) => tf.matMul(seen, gates[t], true));
  return { inputs, gates, weight: products.reduce((a, b) => tf.add(a, b)) as Tensor2D };
}

/** d (1 - s): the gradient of a sigmoid s, where `d` holds the factor s already. */
function slope(d: Tensor, s: Tensor): Tensor {
  return tf.sub(d, tf.mul(d, s));
}

function sum(a: Tensor2D | undefined, b: Tensor2D | undefined): Tensor2D | undefined {
  return a && b ? tf.add(a, b) : (a ?? b);
}
