import { GELU_CUBIC, GELU_LINEAR } from '../../engine/composites.js';
import type { Data, DType, Node, Value } from '../../engine/graph.js';
import { gather, type TensorflowAttribute, type TensorflowBuilder } from './graphDef.js';

/** How a kernel is said in TensorFlow's operations: adds nodes and returns the names of the outputs. */
export type Operation = (node: Node, inputs: readonly string[], tf: TensorflowBuilder) => string | readonly string[];

const INDEX = { type: 'int32' } as const;

/**
 * Every kernel that a served graph can hold, beside its ONNX form in src/engine/kernels. Most names are TensorFlow's own,
 * as TensorFlow.js took them from there.
 */
export const operations: Readonly<Record<string, Operation>> = {
  // Element by element
  Add: typedBy('AddV2'),
  Sub: typedBy('Sub'),
  Multiply: typedBy('Mul'),
  RealDiv: typedBy('RealDiv'),
  Maximum: typedBy('Maximum'),
  Minimum: typedBy('Minimum'),
  Pow: typedBy('Pow'),
  SquaredDifference: typedBy('SquaredDifference'),
  Equal: typedBy('Equal'),
  NotEqual: typedBy('NotEqual'),
  Greater: typedBy('Greater'),
  GreaterEqual: typedBy('GreaterEqual'),
  Less: typedBy('Less'),
  LessEqual: typedBy('LessEqual'),
  LogicalAnd: (_, inputs, tf) => tf.add('LogicalAnd', inputs),
  LogicalOr: (_, inputs, tf) => tf.add('LogicalOr', inputs),
  LogicalNot: (_, inputs, tf) => tf.add('LogicalNot', inputs),
  Abs: typedBy('Abs'),
  Erf: typedBy('Erf'),
  Exp: typedBy('Exp'),
  Log: typedBy('Log'),
  Neg: typedBy('Neg'),
  Reciprocal: typedBy('Reciprocal'),
  Relu: typedBy('Relu'),
  Sigmoid: typedBy('Sigmoid'),
  Sqrt: typedBy('Sqrt'),
  Rsqrt: typedBy('Rsqrt'),
  Square: typedBy('Square'),
  Tanh: typedBy('Tanh'),
  Step: ({ inputs: [{ dtype }] }, [x], tf) => {
    const positive = tf.add('Greater', [x, tf.scalar(0, dtype)], { T: { type: dtype } });
    return tf.cast(positive, 'bool', dtype);
  },
  Cast: ({ inputs: [{ dtype }], outputs: [to] }, [x], tf) => tf.cast(x, dtype, to.dtype),
  Identity: (_, [x]) => x,
  Select: ({ outputs: [{ dtype }] }, inputs, tf) => tf.add('SelectV2', inputs, { T: { type: dtype } }),

  // Constants
  Const: ({ outputs: [{ shape, dtype }], attrs }, _, tf) =>
    tf.constant(attrs.data as Data, shape as readonly number[], dtype),
  Fill: ({ outputs: [{ shape, dtype }], attrs }, _, tf) => tf.fill(attrs.value as number, shape, dtype),
  ZerosLike: ({ outputs: [{ shape, dtype }] }, _, tf) => tf.fill(0, shape, dtype),
  OnesLike: ({ outputs: [{ shape, dtype }] }, _, tf) => tf.fill(1, shape, dtype),

  // Shape and order
  Reshape: reshape,
  ExpandDims: reshape,
  Transpose: ({ inputs: [{ dtype }], attrs }, [x], tf) =>
    tf.add('Transpose', [x, tf.ints(attrs.perm as number[])], { T: { type: dtype }, Tperm: INDEX }),
  BroadcastTo: ({ outputs: [{ shape, dtype }] }, [x], tf) =>
    tf.add('BroadcastTo', [x, tf.shape(shape)], { T: { type: dtype }, Tidx: INDEX }),
  Tile: ({ outputs: [{ dtype }], attrs }, [x], tf) =>
    tf.add('Tile', [x, tf.shape(attrs.reps as number[])], { T: { type: dtype }, Tmultiples: INDEX }),
  Concat: ({ outputs: [{ dtype }], attrs }, inputs, tf) =>
    tf.add('ConcatV2', [...inputs, tf.scalar(attrs.axis as number, 'int32')], {
      N: { int: inputs.length },
      T: { type: dtype },
      Tidx: INDEX,
    }),
  SplitV: ({ outputs, attrs }, [x], tf) => {
    const axis = attrs.axis as number;
    const sizes = tf.shape(outputs.map(({ shape }) => shape[axis]));
    const split = tf.add('SplitV', [x, sizes, tf.scalar(axis, 'int32')], {
      num_split: { int: outputs.length },
      T: { type: outputs[0].dtype },
      Tlen: INDEX,
    });
    return outputs.map((_, i) => (i === 0 ? split : `${split}:${i}`));
  },
  Slice: ({ outputs: [{ shape, dtype }], attrs }, [x], tf) =>
    tf.add('Slice', [x, tf.shape(attrs.begin as number[]), tf.shape(shape)], { T: { type: dtype }, Index: INDEX }),
  PadV2: ({ outputs: [{ dtype }], attrs }, [x], tf) => {
    const [before, after] = [attrs.before as number[], attrs.after as number[]];
    const pads = before.flatMap((n, i) => [n, after[i]]);
    const paddings = tf.constant(Int32Array.from(pads), [before.length, 2], 'int32');
    const value = tf.scalar(attrs.value as number, dtype);
    return tf.add('PadV2', [x, paddings, value], { T: { type: dtype }, Tpaddings: INDEX });
  },

  // Reductions
  Sum: (node, [x], tf) => {
    const [{ dtype }] = node.inputs;
    return dtype === 'bool'
      ? reduce('Sum', node, tf.cast(x, 'bool', 'int32'), 'int32', tf)
      : reduce('Sum', node, x, dtype, tf);
  },
  Max: (node, [x], tf) => reduce('Max', node, x, node.inputs[0].dtype, tf),
  Min: (node, [x], tf) => reduce('Min', node, x, node.inputs[0].dtype, tf),
  Mean: (node, [x], tf) => reduce('Mean', node, x, node.inputs[0].dtype, tf),
  ArgMax: ({ inputs: [{ dtype }], attrs }, [x], tf) =>
    tf.add('ArgMax', [x, tf.scalar(attrs.axis as number, 'int32')], {
      T: { type: dtype },
      Tidx: INDEX,
      output_type: INDEX,
    }),

  // Products and what neural networks are made of
  BatchMatMul: product,
  BiasMatMul: (node, [a, b, bias], tf) => tf.add('AddV2', [product(node, [a, b], tf), bias], FLOAT),
  Softmax: ({ attrs, inputs: [{ shape }] }, [x], tf) => {
    if (attrs.axis !== shape.length - 1) throw new Error("TensorFlow's Softmax goes along the last axis.");
    return tf.add('Softmax', [x], FLOAT);
  },
  LayerNormalization: layerNormalization,
  Gelu: gelu,
  GatherV2: ({ inputs: [{ dtype }], attrs }, [x, indices], tf) => gather(tf, x, indices, attrs.axis as number, dtype),
  OneHot: ({ attrs, outputs: [{ dtype }] }, [indices], tf) => {
    const { depth, onValue, offValue } = attrs as Record<string, number>;
    const values = [tf.scalar(depth, 'int32'), tf.scalar(onValue, dtype), tf.scalar(offValue, dtype)];
    return tf.add('OneHot', [indices, ...values], { T: { type: dtype }, TI: INDEX, axis: { int: -1 } });
  },
};

const FLOAT = { T: { type: 'float32' } } as const satisfies Record<string, TensorflowAttribute>;

/** An operation whose only attribute is the type of its first operand. */
function typedBy(op: string): Operation {
  return ({ inputs: [{ dtype }] }, inputs, tf) => tf.add(op, inputs, { T: { type: dtype } });
}

function reshape({ outputs: [{ shape, dtype }] }: Node, [x]: readonly string[], tf: TensorflowBuilder): string {
  return tf.add('Reshape', [x, tf.shape(shape)], { T: { type: dtype }, Tshape: INDEX });
}

function reduce(op: string, { attrs }: Node, x: string, dtype: DType, tf: TensorflowBuilder): string {
  const attributes = { T: { type: dtype }, Tidx: INDEX, keep_dims: { bool: Boolean(attrs.keepDims) } };
  return tf.add(op, [x, tf.ints(attrs.axes as number[])], attributes);
}

function product({ attrs, inputs }: Node, [a, b]: readonly string[], tf: TensorflowBuilder): string {
  const [transposeA, transposeB] = [{ bool: Boolean(attrs.transposeA) }, { bool: Boolean(attrs.transposeB) }];
  const flat = inputs.slice(0, 2).every(({ shape }: Value) => shape.length === 2);
  return flat
    ? tf.add('MatMul', [a, b], { ...FLOAT, transpose_a: transposeA, transpose_b: transposeB })
    : tf.add('BatchMatMulV2', [a, b], { ...FLOAT, adj_x: transposeA, adj_y: transposeB });
}

/** The form of src/engine/composites.ts. */
function gelu(_: Node, [x]: readonly string[], tf: TensorflowBuilder): string {
  const number = (value: number) => tf.scalar(value, 'float32');
  const cubic = tf.add('Mul', [tf.add('Square', [x], FLOAT), number(GELU_CUBIC)], FLOAT);
  const inner = tf.add('AddV2', [cubic, number(GELU_LINEAR)], FLOAT);
  return tf.add('Mul', [x, tf.add('Sigmoid', [tf.add('Mul', [x, inner], FLOAT)], FLOAT)], FLOAT);
}

/** y, mean and inverse deviation, as src/engine/composites.ts has them. */
function layerNormalization({ attrs }: Node, [x, gain, bias]: readonly string[], tf: TensorflowBuilder): string[] {
  const axis = tf.ints([-1]);
  const mean = (y: string) => tf.add('Mean', [y, axis], { ...FLOAT, Tidx: INDEX, keep_dims: { bool: true } });
  const centre = mean(x);
  const variance = mean(tf.add('SquaredDifference', [x, centre], FLOAT));
  const padded = tf.add('AddV2', [variance, tf.scalar(attrs.epsilon as number, 'float32')], FLOAT);
  const inverse = tf.add('Rsqrt', [padded], FLOAT);
  const normal = tf.add('Mul', [tf.add('Sub', [x, centre], FLOAT), inverse], FLOAT);
  return [tf.add('AddV2', [tf.add('Mul', [normal, gain], FLOAT), bias], FLOAT), centre, inverse];
}
