import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { gelu, layerNormalization } from '../../src/engine/composites.js';
import { differentiate, gradientOf } from '../../src/engine/differentiate.js';
import type { Engine, HostTensor, TensorFunction } from '../../src/engine/engine.js';
import { kernels } from '../../src/engine/kernels.js';
import { openEngine } from '../../src/engine/open.js';
import { signatureOf } from '../../src/model/signature.js';
import { difference, RandomTensors } from './random.js';

const r = new RandomTensors(1);

interface Case {
  inputs: Record<string, HostTensor>;
  fn: (x: Record<string, tf.Tensor>) => tf.Tensor;
  /** Inputs whose gradients are compared as well. */
  grads?: string[];
}

const pair = { a: r.float([3, 1, 4]), b: r.float([2, 4]) };
const positive = { x: r.positive([3, 5]) };
const one = { x: r.float([3, 5]) };
const unary = (op: (x: tf.Tensor) => tf.Tensor, inputs: Case['inputs'] = one): Case => ({
  inputs,
  fn: ({ x }) => op(x),
  grads: ['x'],
});
const binary = (op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, grads = true): Case => ({
  inputs: pair,
  fn: ({ a, b }) => op(a, b),
  grads: grads ? ['a', 'b'] : [],
});

/** At least one case for every kernel; what the tracer records must compute what TensorFlow.js computes. */
const cases: Record<string, Case> = {
  Add: binary(tf.add),
  Sub: binary(tf.sub),
  Multiply: binary(tf.mul),
  RealDiv: { inputs: { a: r.float([3, 4]), b: r.positive([4]) }, fn: ({ a, b }) => tf.div(a, b), grads: ['a', 'b'] },
  // TensorFlow.js has no gradient for these three where an operand is spread out.
  Maximum: binary(tf.maximum, false),
  Minimum: binary(tf.minimum, false),
  Pow: { inputs: { x: r.positive([3, 5]) }, fn: ({ x }) => tf.pow(x, 3) },
  SquaredDifference: binary(tf.squaredDifference, false),
  Equal: { inputs: { a: r.int([3, 4], 3), b: r.int([4], 3) }, fn: ({ a, b }) => tf.cast(tf.equal(a, b), 'float32') },
  NotEqual: {
    inputs: { a: r.int([3, 4], 3), b: r.int([4], 3) },
    fn: ({ a, b }) => tf.cast(tf.notEqual(a, b), 'float32'),
  },
  Greater: binary((a, b) => tf.cast(tf.greater(a, b), 'float32'), false),
  GreaterEqual: binary((a, b) => tf.cast(tf.greaterEqual(a, b), 'float32'), false),
  Less: binary((a, b) => tf.cast(tf.less(a, b), 'float32'), false),
  LessEqual: binary((a, b) => tf.cast(tf.lessEqual(a, b), 'float32'), false),
  LogicalAnd: binary((a, b) => tf.cast(tf.logicalAnd(tf.greater(a, 0), tf.greater(b, 0)), 'float32'), false),
  LogicalOr: binary((a, b) => tf.cast(tf.logicalOr(tf.greater(a, 0), tf.greater(b, 0)), 'float32'), false),
  LogicalNot: { inputs: one, fn: ({ x }) => tf.cast(tf.logicalNot(tf.greater(x, 0)), 'float32') },
  Abs: { inputs: one, fn: ({ x }) => tf.abs(x) },
  Erf: unary(tf.erf),
  Exp: unary(tf.exp),
  Log: unary(tf.log, positive),
  Neg: unary(tf.neg),
  Reciprocal: unary(tf.reciprocal, positive),
  Relu: unary(tf.relu),
  Sigmoid: unary(tf.sigmoid),
  Sqrt: unary(tf.sqrt, positive),
  Tanh: unary(tf.tanh),
  Square: unary(tf.square),
  Rsqrt: unary(tf.rsqrt, positive),
  Step: { inputs: one, fn: ({ x }) => tf.step(x) },
  Cast: { inputs: { x: r.int([4], 9) }, fn: ({ x }) => tf.cast(x, 'float32') },
  Identity: unary((x) => tf.add(tf.clone(x), x)),
  Select: {
    inputs: { c: r.float([3, 5]), t: r.float([3, 5]), e: r.float([3, 5]) },
    fn: ({ c, t, e }) => tf.where(tf.greater(c, 0), t, e),
    grads: ['t', 'e'],
  },
  Const: { inputs: one, fn: ({ x }) => tf.add(x, tf.tensor1d([1, 2, 3, 4, 5])), grads: ['x'] },
  Fill: { inputs: one, fn: ({ x }) => tf.add(x, tf.fill([3, 5], 2.5)), grads: ['x'] },
  ZerosLike: { inputs: one, fn: ({ x }) => tf.maximum(x, tf.zerosLike(x)) },
  OnesLike: { inputs: one, fn: ({ x }) => tf.div(x, tf.add(tf.onesLike(x), tf.square(x))) },
  Reshape: { inputs: one, fn: ({ x }) => tf.reshape(x, [5, -1]), grads: ['x'] },
  ExpandDims: { inputs: one, fn: ({ x }) => tf.expandDims(x, -1), grads: ['x'] },
  Transpose: { inputs: { x: r.float([2, 3, 4]) }, fn: ({ x }) => tf.transpose(x, [2, 0, 1]), grads: ['x'] },
  BroadcastTo: { inputs: { x: r.float([1, 5]) }, fn: ({ x }) => tf.broadcastTo(x, [3, 5]), grads: ['x'] },
  Tile: { inputs: one, fn: ({ x }) => tf.tile(x, [2, 1]), grads: ['x'] },
  Concat: { inputs: pair, fn: ({ a, b }) => tf.concat([tf.reshape(a, [3, 4]), b], 0), grads: ['a', 'b'] },
  SplitV: {
    inputs: one,
    fn: ({ x }) =>
      tf.add(
        ...(tf.split(
          tf.pad(x, [
            [0, 0],
            [0, 1],
          ]),
          2,
          1,
        ) as [tf.Tensor, tf.Tensor]),
      ),
    grads: ['x'],
  },
  Slice: { inputs: one, fn: ({ x }) => tf.slice(x, [1, 2], [2, -1]), grads: ['x'] },
  PadV2: {
    inputs: one,
    fn: ({ x }) =>
      tf.pad(
        x,
        [
          [1, 0],
          [0, 2],
        ],
        0.5,
      ),
    grads: ['x'],
  },
  Sum: { inputs: { x: r.float([3, 4, 5]) }, fn: ({ x }) => tf.sum(x, [0, 2]), grads: ['x'] },
  Max: { inputs: one, fn: ({ x }) => tf.max(x, 1, true) },
  Min: { inputs: one, fn: ({ x }) => tf.min(x, 0) },
  Mean: { inputs: one, fn: ({ x }) => tf.mean(x, 1), grads: ['x'] },
  ArgMax: { inputs: one, fn: ({ x }) => tf.cast(tf.argMax(x, 1), 'float32') },
  BatchMatMul: {
    inputs: { a: r.float([2, 3, 4]), b: r.float([2, 5, 4]) },
    fn: ({ a, b }) => tf.matMul(a, b, false, true),
    grads: ['a', 'b'],
  },
  BiasMatMul: {
    inputs: { a: r.float([3, 4]), b: r.float([5, 4]), c: r.float([5]) },
    fn: ({ a, b, c }) => tf.add(tf.matMul(a, b, false, true), c),
    grads: ['a', 'b', 'c'],
  },
  Softmax: unary((x) => tf.softmax(x as tf.Tensor2D)),
  LayerNormalization: {
    inputs: { x: r.float([6, 8]), gain: r.float([8]), bias: r.float([8]) },
    fn: ({ x, gain, bias }) => layerNormalization(x as tf.Tensor2D, gain as tf.Tensor1D, bias as tf.Tensor1D),
    grads: ['x', 'gain', 'bias'],
  },
  GatherV2: {
    inputs: { x: r.float([5, 3]), i: r.int([2, 4], 5) },
    fn: ({ x, i }) => tf.gather(x, i as tf.Tensor2D),
    grads: ['x'],
  },
  UnsortedSegmentSum: {
    inputs: { x: r.float([6, 3]), i: r.int([6], 4) },
    fn: ({ x, i }) => tf.unsortedSegmentSum(x, i as tf.Tensor1D, 4),
  },
  OneHot: { inputs: { i: r.int([6], 4) }, fn: ({ i }) => tf.oneHot(i as tf.Tensor1D, 4, 2, -1, 'float32') },
  'two-dimensional product': {
    inputs: { a: r.float([4, 3]), b: r.float([4, 5]) },
    fn: ({ a, b }) => tf.matMul(a, b, true),
    grads: ['a', 'b'],
  },
  'log softmax': unary((x) => tf.logSoftmax(x)),
  Gelu: unary(gelu),
};

describe('every kernel of the table', () => {
  let engines: [Engine, Engine];
  beforeAll(async () => {
    engines = [await openEngine('onnx', { threads: 1 }), await openEngine('cpu')];
  });

  it('has a case here', () => {
    // Weights in eight bits are made by a pass and never exact: engines.test.ts.
    expect(Object.keys(kernels).filter((name) => !cases[name])).toEqual(['QuantizedMatMul']);
  });

  it.each(Object.entries(cases))('%s computes what TensorFlow.js computes', async (_, { inputs, fn, grads = [] }) => {
    const value: TensorFunction = (x) => {
      const y = fn(x);
      // Squared, so that each entry has a gradient of its own.
      return { y, loss: tf.sum(tf.square(y)) };
    };
    const whole = grads.length > 0 ? differentiate(value, 'loss', grads) : value;
    const [actual, expected] = await Promise.all(
      engines.map((engine) => engine.compile(whole, signatureOf(inputs)).run(inputs)),
    );
    for (const name of ['y', ...grads.map(gradientOf)])
      expect(difference(actual[name], expected[name]), name).toBeLessThan(1e-5);
  });
});
