import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { gelu, layerNormalization } from '../../src/engine/composites.js';
import { differentiate, gradientOf } from '../../src/engine/differentiate.js';
import type { Engine, HostTensor, HostTensors, Signature, TensorFunction } from '../../src/engine/engine.js';
import { kernels } from '../../src/engine/kernels/index.js';
import { openEngine } from '../../src/engine/open.js';
import { difference, RandomTensors } from './random.js';

interface Input extends Drawn {
  shape: (number | string)[];
  draw: (r: RandomTensors, shape: number[]) => HostTensor;
}
type Drawn = Pick<Signature[string], 'dtype'>;

const float = (...shape: Input['shape']): Input => ({ shape, dtype: 'float32', draw: (r, sizes) => r.float(sizes) });
const positive = (...shape: Input['shape']): Input => ({ ...float(...shape), draw: (r, sizes) => r.positive(sizes) });
const int = (below: number, ...shape: Input['shape']): Input => ({
  shape,
  dtype: 'int32',
  draw: (r, sizes) => r.int(sizes, below),
});

interface Case {
  inputs: Record<string, Input>;
  fn: (x: Record<string, tf.Tensor>) => tf.Tensor;
  /** Inputs whose gradients are compared as well. */
  grads?: string[];
}

const pair = { a: float('N', 1, 4), b: float('M', 4) };
const alike = { a: float('N', 'M'), b: float('N', 'M') };
const one = { x: float('N', 'M') };
const above = { x: positive('N', 'M') };
const unary = (op: (x: tf.Tensor) => tf.Tensor, inputs: Case['inputs'] = one): Case => ({
  inputs,
  fn: ({ x }) => op(x),
  grads: ['x'],
});
const binary = (op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, inputs: Case['inputs'] = pair): Case => ({
  inputs,
  fn: ({ a, b }) => op(a, b),
  grads: ['a', 'b'],
});
const truth = (op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, inputs: Case['inputs'] = pair): Case => ({
  inputs,
  fn: ({ a, b }) => tf.cast(op(a, b), 'float32'),
});

/** At least one case for every kernel; what the tracer records must compute what TensorFlow.js computes. */
const cases: Record<string, Case> = {
  Add: binary(tf.add),
  Sub: binary(tf.sub),
  Multiply: binary(tf.mul),
  RealDiv: binary(tf.div, { a: float('N', 'M'), b: positive('M') }),
  // TensorFlow.js has no gradient for these three where an operand is spread out.
  Maximum: binary(tf.maximum, alike),
  Minimum: binary(tf.minimum, alike),
  SquaredDifference: binary(tf.squaredDifference, alike),
  'Maximum, spread out': { inputs: pair, fn: ({ a, b }) => tf.maximum(a, b) },
  'Minimum, spread out': { inputs: pair, fn: ({ a, b }) => tf.minimum(a, b) },
  'SquaredDifference, spread out': { inputs: pair, fn: ({ a, b }) => tf.squaredDifference(a, b) },
  Pow: unary((x) => tf.pow(x, 3), above),
  Equal: truth(tf.equal, { a: int(3, 'N', 4), b: int(3, 4) }),
  NotEqual: truth(tf.notEqual, { a: int(3, 'N', 4), b: int(3, 4) }),
  Greater: truth(tf.greater),
  GreaterEqual: truth(tf.greaterEqual),
  Less: truth(tf.less),
  LessEqual: truth(tf.lessEqual),
  LogicalAnd: truth((a, b) => tf.logicalAnd(tf.greater(a, 0), tf.greater(b, 0))),
  LogicalOr: truth((a, b) => tf.logicalOr(tf.greater(a, 0), tf.greater(b, 0))),
  LogicalNot: { inputs: one, fn: ({ x }) => tf.cast(tf.logicalNot(tf.greater(x, 0)), 'float32') },
  Abs: unary(tf.abs),
  Erf: unary(tf.erf),
  Exp: unary(tf.exp),
  Log: unary(tf.log, above),
  Neg: unary(tf.neg),
  Reciprocal: unary(tf.reciprocal, above),
  Relu: unary(tf.relu),
  Sigmoid: unary(tf.sigmoid),
  Sqrt: unary(tf.sqrt, above),
  Tanh: unary(tf.tanh),
  Square: unary(tf.square),
  Rsqrt: unary(tf.rsqrt, above),
  Step: { inputs: one, fn: ({ x }) => tf.step(x) },
  'Step with a slope': { inputs: one, fn: ({ x }) => tf.step(x, -0.5) },
  Cast: { inputs: { x: int(9, 'N') }, fn: ({ x }) => tf.cast(x, 'float32') },
  Identity: unary((x) => tf.add(tf.clone(x), x)),
  Select: {
    inputs: { c: float('N', 'M'), t: float('N', 'M'), e: float('N', 'M') },
    fn: ({ c, t, e }) => tf.where(tf.greater(c, 0), t, e),
    grads: ['t', 'e'],
  },
  Const: unary((x) => tf.add(x, tf.tensor1d([1, 2, 3, 4, 5])), { x: float('N', 5) }),
  Fill: unary((x) => tf.add(x, tf.fill(x.shape, 2.5))),
  ZerosLike: unary((x) => tf.maximum(x, tf.zerosLike(x))),
  OnesLike: unary((x) => tf.div(x, tf.add(tf.onesLike(x), tf.square(x)))),
  Reshape: unary((x) => tf.reshape(x, [x.shape[1]!, -1])),
  ExpandDims: unary((x) => tf.expandDims(x, -1)),
  Transpose: unary((x) => tf.transpose(x, [2, 0, 1]), { x: float('N', 3, 'M') }),
  BroadcastTo: unary((x) => tf.broadcastTo(x, [3, x.shape[1]!]), { x: float(1, 'M') }),
  Tile: unary((x) => tf.tile(x, [2, 1])),
  Concat: binary((a, b) => tf.concat([a, b], 1), { a: float('N', 4), b: float('N', 3) }),
  SplitV: unary((x) => tf.mul(...(tf.split(x, 2, 1) as [tf.Tensor, tf.Tensor])), { x: float('N', 6) }),
  Slice: unary((x) => tf.slice(x, [0, 2], [-1, 2]), { x: float('N', 5) }),
  PadV2: unary(
    (x) =>
      tf.pad(
        x,
        [
          [0, 0],
          [1, 2],
        ],
        0.5,
      ),
    { x: float('N', 5) },
  ),
  Sum: unary((x) => tf.sum(x, [0, 2]), { x: float('N', 4, 'M') }),
  Max: unary((x) => tf.max(x, 1, true)),
  Min: unary((x) => tf.min(x, 0)),
  Mean: unary((x) => tf.mean(x, 1), { x: float('N', 4) }),
  ArgMax: { inputs: one, fn: ({ x }) => tf.cast(tf.argMax(x, 1), 'float32') },
  BatchMatMul: binary((a, b) => tf.matMul(a, b, false, true), { a: float('N', 3, 4), b: float('N', 'M', 4) }),
  'BatchMatMul, first one turned': binary((a, b) => tf.matMul(a, b, true), {
    a: float('N', 3, 4),
    b: float('N', 3, 'M'),
  }),
  'two-dimensional product': binary((a, b) => tf.matMul(a, b, true), { a: float('N', 3), b: float('N', 'M') }),
  'product and bias': {
    inputs: { a: float('N', 4), b: float(5, 4), c: float(5) },
    fn: ({ a, b, c }) => tf.add(tf.matMul(a, b, false, true), c),
    grads: ['a', 'b', 'c'],
  },
  Softmax: unary((x) => tf.softmax(x as tf.Tensor2D)),
  'log softmax': unary((x) => tf.logSoftmax(x)),
  LayerNormalization: {
    inputs: { x: float('N', 8), gain: float(8), bias: float(8) },
    fn: ({ x, gain, bias }) => layerNormalization(x as tf.Tensor2D, gain as tf.Tensor1D, bias as tf.Tensor1D),
    grads: ['x', 'gain', 'bias'],
  },
  Gelu: unary(gelu),
  GatherV2: {
    inputs: { x: float(5, 3), i: int(5, 'N', 'M') },
    fn: ({ x, i }) => tf.gather(x, i as tf.Tensor2D),
    grads: ['x'],
  },
  UnsortedSegmentSum: {
    inputs: { x: float('N', 3), i: int(4, 'N') },
    fn: ({ x, i }) => tf.unsortedSegmentSum(x, i as tf.Tensor1D, 4),
    grads: ['x'],
  },
  OneHot: { inputs: { i: int(4, 'N') }, fn: ({ i }) => tf.oneHot(i as tf.Tensor1D, 4, 2, -1, 'float32') },
};

describe('every kernel of the table', () => {
  let engines: [Engine, Engine];
  beforeAll(async () => {
    engines = [await openEngine('onnx', { threads: 1 }), await openEngine('cpu')];
  });

  it('has a case here', () => {
    // What a pass makes on demand has its test elsewhere: onDemand.test.ts, and engines.test.ts for weights in eight bits.
    const onDemand = ['Window', 'BiasMatMul', 'QuantizedMatMul'];
    expect(Object.keys(kernels).filter((name) => !cases[name])).toEqual(onDemand);
  });

  it.each(Object.entries(cases))('%s computes what TensorFlow.js computes, at any size', async (_, given) => {
    const { inputs, grads = [] } = given;
    const value: TensorFunction = (x) => {
      const y = given.fn(x);
      // Squared, so that each entry has a gradient of its own.
      return { y, loss: tf.sum(tf.square(y)) };
    };
    const whole = grads.length > 0 ? differentiate(value, 'loss', grads) : value;
    // Recorded once: the sizes are symbols, which each run binds to others.
    const [onnx, cpu] = engines.map((engine) => engine.compile(whole, inputs));
    const size = fc.integer({ min: 1, max: 7 });
    await fc.assert(
      fc.asyncProperty(size, size, fc.nat(1000), async (N, M, seed) => {
        const tensors = draw(inputs, { N, M }, new RandomTensors(seed));
        const [actual, expected] = [await onnx.run(tensors), await cpu.run(tensors)];
        for (const name of ['y', ...grads.map(gradientOf)])
          expect(difference(actual[name], expected[name]), name).toBeLessThan(1e-5);
      }),
      { numRuns: 4, seed: 1 },
    );
    await onnx.dispose();
  });
});

function draw(inputs: Case['inputs'], sizes: Record<string, number>, r: RandomTensors): HostTensors {
  const entries = Object.entries(inputs).map(([name, { shape, draw }]) => {
    return [
      name,
      draw(
        r,
        shape.map((dim) => (typeof dim === 'number' ? dim : sizes[dim])),
      ),
    ];
  });
  return Object.fromEntries(entries);
}
