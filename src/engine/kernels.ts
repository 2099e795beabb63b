import { backend_util, type Tensor, type TensorInfo, util } from '@tensorflow/tfjs';
import { GELU_CUBIC, GELU_LINEAR } from './composites.js';
import type { Attribute, Data, DType, Node } from './graph.js';
import type { OnnxBuilder } from './onnx/builder.js';

interface Info {
  shape: number[];
  dtype: DType;
}
type Given = Record<string, unknown>;

/** What the tracer has to know of a TensorFlow.js kernel, and how it is said in ONNX. */
export interface Kernel {
  /** Shapes and types of the outputs. */
  infer(inputs: readonly Info[], given: Given): Info | Info[];
  /** The attributes worth keeping; numbers in arrays may be sizes and become symbols. Default: none. */
  attributes?(given: Given, inputs: readonly TensorInfo[]): Record<string, Attribute>;
  /** Adds ONNX nodes and returns the names of the outputs. */
  lower(node: Node, inputs: readonly string[], onnx: OnnxBuilder): string | string[];
}

/**
 * Every kernel that can be recorded, by its TensorFlow.js name. To add one, add one entry: its shape rule (see
 * `tfjs-core/src/ops`), the attributes that it keeps, and its ONNX nodes (opset 17).
 */
export const kernels: Readonly<Record<string, Kernel>> = {
  // Element by element, two operands
  Add: binary('Add'),
  Sub: binary('Sub'),
  Multiply: binary('Mul'),
  RealDiv: binary('Div'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Pow: binary('Pow'),
  SquaredDifference: {
    ...binary('Sub'),
    lower: (_, inputs, onnx) => {
      const difference = onnx.add('Sub', inputs);
      return onnx.add('Mul', [difference, difference]);
    },
  },
  Equal: comparison('Equal'),
  NotEqual: { ...comparison('Equal'), lower: (_, inputs, onnx) => onnx.add('Not', [onnx.add('Equal', inputs)]) },
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  LogicalAnd: comparison('And'),
  LogicalOr: comparison('Or'),

  // Element by element, one operand
  LogicalNot: unary('Not'),
  Abs: unary('Abs'),
  Erf: unary('Erf'),
  Exp: unary('Exp'),
  Log: unary('Log'),
  Neg: unary('Neg'),
  Reciprocal: unary('Reciprocal'),
  Relu: unary('Relu'),
  Sigmoid: unary('Sigmoid'),
  Sqrt: unary('Sqrt'),
  Tanh: unary('Tanh'),
  Square: { infer: same, lower: (_, [x], onnx) => onnx.add('Mul', [x, x]) },
  Rsqrt: { infer: same, lower: (_, [x], onnx) => onnx.add('Reciprocal', [onnx.add('Sqrt', [x])]) },
  Step: {
    infer: same,
    attributes: ({ alpha }) => ({ alpha: Number(alpha ?? 0) }),
    lower: ({ attrs: { alpha } }, [x], onnx) => {
      const number = (value: number) => onnx.constant(new Float32Array([value]), []);
      const above = onnx.add('Greater', [x, number(0)]);
      return alpha === 0 ? onnx.cast(above, 'float32') : onnx.add('Where', [above, number(1), number(alpha as number)]);
    },
  },
  Cast: {
    infer: ([x], { dtype }) => ({ shape: x.shape, dtype: dtype as DType }),
    lower: ({ outputs }, [x], onnx) => onnx.cast(x, outputs[0].dtype),
  },
  Identity: { infer: same, lower: (_, [x]) => x },
  Select: {
    infer: ([, t]) => t,
    lower: (_, inputs, onnx) => onnx.add('Where', inputs),
  },

  // Constants
  Const: {
    infer: fail('Const'),
    lower: ({ outputs: [value], attrs }, _, onnx) =>
      onnx.constant(attrs.data as Data, value.shape as number[], value.dtype),
  },
  Fill: {
    infer: (_, { shape, dtype, value }) => ({
      shape: shape as number[],
      dtype: (dtype as DType | undefined) ?? (util.inferDtype(value as number) as DType),
    }),
    attributes: ({ value }) => ({ value: Number(value) }),
    lower: ({ outputs: [value], attrs }, _, onnx) => onnx.fill(value, attrs.value as number),
  },
  ZerosLike: { infer: same, lower: ({ outputs: [value] }, _, onnx) => onnx.fill(value, 0) },
  OnesLike: { infer: same, lower: ({ outputs: [value] }, _, onnx) => onnx.fill(value, 1) },

  // Shape and order
  Reshape: {
    infer: ([x], { shape }) => ({ shape: util.inferFromImplicitShape(shape as number[], size(x)), dtype: x.dtype }),
    lower: reshape,
  },
  ExpandDims: {
    infer: ([x], { dim }) => {
      const axis = (dim as number) < 0 ? x.shape.length + (dim as number) + 1 : (dim as number);
      return { shape: [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)], dtype: x.dtype };
    },
    lower: reshape,
  },
  Transpose: {
    infer: ([x], { perm }) => ({ shape: (perm as number[]).map((axis) => x.shape[axis]), dtype: x.dtype }),
    attributes: ({ perm }) => ({ perm: perm as number[] }),
    lower: ({ attrs }, [x], onnx) => onnx.add('Transpose', [x], { perm: attrs.perm as number[] }),
  },
  BroadcastTo: {
    infer: ([x], { shape }) => ({ shape: shape as number[], dtype: x.dtype }),
    lower: ({ outputs: [value] }, [x], onnx) => onnx.add('Expand', [x, onnx.shape(value.shape)]),
  },
  Tile: {
    infer: ([x], { reps }) => ({ shape: x.shape.map((n, i) => n * (reps as number[])[i]), dtype: x.dtype }),
    attributes: ({ reps }) => ({ reps: reps as number[] }),
    lower: ({ attrs }, [x], onnx) => onnx.add('Tile', [x, onnx.shape(attrs.reps as number[])]),
  },
  Concat: {
    infer: (inputs, { axis }) => ({
      shape: backend_util.computeOutShape(
        inputs.map(({ shape }) => shape),
        util.parseAxisParam(axis as number, inputs[0].shape)[0],
      ),
      dtype: inputs[0].dtype,
    }),
    attributes: ({ axis }, [x]) => ({ axis: util.parseAxisParam(axis as number, x.shape)[0] }),
    lower: ({ attrs }, inputs, onnx) => onnx.add('Concat', inputs, { axis: attrs.axis as number }),
  },
  SplitV: {
    infer: ([x], { numOrSizeSplits, axis }) => {
      const at = util.parseAxisParam(axis as number, x.shape)[0];
      const sizes = backend_util.prepareSplitSize(tensorLike(x), numOrSizeSplits as number[], at);
      return sizes.map((n) => ({ shape: x.shape.map((m, i) => (i === at ? n : m)), dtype: x.dtype }));
    },
    attributes: ({ axis }, [x]) => ({ axis: util.parseAxisParam(axis as number, x.shape)[0] }),
    lower: ({ attrs, outputs }, [x], onnx) => {
      const axis = attrs.axis as number;
      const sizes = onnx.shape(outputs.map(({ shape }) => shape[axis]));
      return onnx.addMany('Split', [x, sizes], outputs.length, { axis });
    },
  },
  Slice: {
    infer: ([x], { begin, size }) => ({
      shape: (size as number[]).map((n, i) => (n === -1 ? x.shape[i] - (begin as number[])[i] : n)),
      dtype: x.dtype,
    }),
    attributes: ({ begin }) => ({ begin: begin as number[] }),
    lower: ({ outputs: [value], attrs }, [x], onnx) => {
      const begin = onnx.shape(attrs.begin as number[]);
      const end = onnx.add('Add', [begin, onnx.shape(value.shape)]);
      return onnx.add('Slice', [x, begin, end]);
    },
  },
  /** Made by the pass `masksFromPools`: the numbers of a pool from one place to another. */
  Window: {
    infer: fail('Window'),
    lower: (node, inputs, onnx) => reshape(node, [onnx.add('Slice', inputs)], onnx),
  },
  PadV2: {
    infer: ([x], { paddings }) => ({
      shape: x.shape.map((n, i) => n + (paddings as number[][])[i][0] + (paddings as number[][])[i][1]),
      dtype: x.dtype,
    }),
    attributes: ({ paddings, constantValue }) => ({
      before: (paddings as number[][]).map(([before]) => before),
      after: (paddings as number[][]).map(([, after]) => after),
      value: constantValue as number,
    }),
    lower: ({ attrs, outputs }, [x], onnx) => {
      const pads = [onnx.shape(attrs.before as number[]), onnx.shape(attrs.after as number[])];
      const value = onnx.constant(new Float32Array([attrs.value as number]), [], outputs[0].dtype);
      return onnx.add('Pad', [x, onnx.add('Concat', pads, { axis: 0 }), value]);
    },
  },

  // Reductions
  Sum: {
    ...reduction((x) => (x.dtype === 'bool' ? 'int32' : x.dtype)),
    lower: ({ attrs, inputs }, [x], onnx) => {
      const summed = inputs[0].dtype === 'bool' ? onnx.cast(x, 'int32') : x;
      return onnx.add('ReduceSum', [summed, onnx.int64(attrs.axes as number[])], { keepdims: Number(attrs.keepDims) });
    },
  },
  Max: { ...reduction((x) => x.dtype), lower: reduceByAttribute('ReduceMax') },
  Min: { ...reduction((x) => x.dtype), lower: reduceByAttribute('ReduceMin') },
  Mean: { ...reduction(() => 'float32'), lower: reduceByAttribute('ReduceMean') },
  ArgMax: {
    infer: ([x], { axis }) => ({ shape: x.shape.filter((_, i) => i !== (axis as number)), dtype: 'int32' }),
    attributes: ({ axis }) => ({ axis: axis as number }),
    lower: ({ attrs }, [x], onnx) =>
      onnx.cast(onnx.add('ArgMax', [x], { axis: attrs.axis as number, keepdims: 0 }), 'int32'),
  },

  // Products and what neural networks are made of
  BatchMatMul: {
    infer: ([a, b], { transposeA, transposeB }) => ({
      shape: [
        ...backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2)),
        a.shape.at(transposeA ? -1 : -2)!,
        b.shape.at(transposeB ? -2 : -1)!,
      ],
      dtype: 'float32',
    }),
    attributes: ({ transposeA, transposeB }) => ({ transposeA: Boolean(transposeA), transposeB: Boolean(transposeB) }),
    lower: ({ attrs, inputs }, [a, b], onnx) => {
      const transA = Number(attrs.transposeA);
      const transB = Number(attrs.transposeB);
      if (inputs.every(({ shape }) => shape.length === 2)) return onnx.add('Gemm', [a, b], { transA, transB });
      if (!transA && !transB) return onnx.add('MatMul', [a, b]);
      if (onnx.contrib) return onnx.add('FusedMatMul', [a, b], { transA, transB }, { domain: 'com.microsoft' });
      const swap = (x: string, { shape }: { shape: readonly unknown[] }) => {
        const axes = shape.map((_, i) => i);
        return onnx.add('Transpose', [x], { perm: [...axes.slice(0, -2), axes.length - 1, axes.length - 2] });
      };
      return onnx.add('MatMul', [transA ? swap(a, inputs[0]) : a, transB ? swap(b, inputs[1]) : b]);
    },
  },
  /** Made by the pass `fuseBias`: a two-dimensional product plus a row. */
  BiasMatMul: {
    infer: fail('BiasMatMul'),
    lower: ({ attrs }, inputs, onnx) =>
      onnx.add('Gemm', inputs, { transA: Number(attrs.transposeA), transB: Number(attrs.transposeB) }),
  },
  /** Made by the pass `quantizeWeights`: x [M, K] times weights of eight bits, plus a row. */
  QuantizedMatMul: {
    infer: fail('QuantizedMatMul'),
    lower: ({ attrs }, [x, ...bias], onnx) => {
      const scales = attrs.scales as Float32Array;
      const N = scales.length;
      const weights = attrs.weights as Int8Array;
      if (!onnx.contrib) return quantizedProduct(x, bias, weights, scales, onnx);
      const quantized = onnx.constant(weights, [weights.length / N, N], 'int8');
      const zeros = onnx.constant(new Int8Array(N), [N], 'int8');
      return onnx.add(
        'DynamicQuantizeMatMul',
        [x, quantized, onnx.constant(scales, [N]), zeros, ...bias],
        {},
        { domain: 'com.microsoft' },
      );
    },
  },
  Softmax: {
    infer: same,
    attributes: ({ dim }, [x]) => ({ axis: ((dim as number) + x.shape.length) % x.shape.length }),
    lower: ({ attrs }, [x], onnx) => onnx.add('Softmax', [x], { axis: attrs.axis as number }),
  },
  LayerNormalization: {
    infer: ([x]) => {
      const statistic: Info = { shape: [...x.shape.slice(0, -1), 1], dtype: 'float32' };
      return [x, statistic, { ...statistic }];
    },
    attributes: ({ epsilon }) => ({ epsilon: epsilon as number }),
    lower: ({ attrs }, inputs, onnx) =>
      onnx.addMany('LayerNormalization', inputs, 3, { axis: -1, epsilon: { float: attrs.epsilon as number } }),
  },
  Gelu: {
    infer: same,
    lower: (_, [x], onnx) => {
      if (onnx.contrib) return onnx.add('FastGelu', [x], {}, { domain: 'com.microsoft' });
      const number = (value: number) => onnx.constant(new Float32Array([value]), []);
      const inner = onnx.add('Add', [
        onnx.add('Mul', [onnx.add('Mul', [x, x]), number(GELU_CUBIC)]),
        number(GELU_LINEAR),
      ]);
      return onnx.add('Mul', [x, onnx.add('Sigmoid', [onnx.add('Mul', [x, inner])])]);
    },
  },
  GatherV2: {
    infer: ([x, indices], { axis, batchDims }) => {
      if (batchDims) throw new Error('GatherV2 with batchDims is not recorded: use one-hot products.');
      const at = util.parseAxisParam(axis as number, x.shape)[0];
      return { shape: [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)], dtype: x.dtype };
    },
    attributes: ({ axis }, [x]) => ({ axis: util.parseAxisParam(axis as number, x.shape)[0] }),
    lower: ({ attrs }, inputs, onnx) => onnx.add('Gather', inputs, { axis: attrs.axis as number }),
  },
  UnsortedSegmentSum: {
    infer: ([x], { numSegments }) => ({ shape: [numSegments as number, ...x.shape.slice(1)], dtype: x.dtype }),
    lower: ({ outputs: [sums] }, [x, segments], onnx) => {
      const column = onnx.add('Unsqueeze', [onnx.cast(segments, 'int64'), onnx.int64([-1])]);
      return onnx.add('ScatterND', [onnx.fill(sums, 0), column, x], { reduction: { string: 'add' } });
    },
  },
  OneHot: {
    infer: ([indices], { depth, dtype }) => ({ shape: [...indices.shape, depth as number], dtype: dtype as DType }),
    attributes: ({ depth, onValue, offValue }) => ({
      depth: depth as number,
      onValue: onValue as number,
      offValue: offValue as number,
    }),
    lower: ({ attrs, outputs }, [indices], onnx) => {
      const values = new Float32Array([attrs.offValue as number, attrs.onValue as number]);
      const depth = onnx.int64([attrs.depth as number]);
      const wide = onnx.cast(indices, 'int64');
      // ONNX Runtime has float values for int64 indices, and few other combinations.
      return onnx.cast(onnx.add('OneHot', [wide, depth, onnx.constant(values, [2])], { axis: -1 }), outputs[0].dtype);
    },
  },
};

/**
 * The same as `DynamicQuantizeMatMul`, in standard operators. The weights are unsigned, with 128 for zero: of unsigned
 * times signed, processors without VNNI saturate the sums of pairs.
 */
function quantizedProduct(
  x: string,
  bias: readonly string[],
  weights: Int8Array,
  scales: Float32Array,
  onnx: OnnxBuilder,
): string {
  const N = scales.length;
  const unsigned = onnx.constant(
    Uint8Array.from(weights, (w) => w + 128),
    [weights.length / N, N],
    'uint8',
  );
  const [quantized, scale, zero] = onnx.addMany('DynamicQuantizeLinear', [x], 3);
  const middle = onnx.constant(Uint8Array.of(128), [], 'uint8');
  const summed = onnx.cast(onnx.add('MatMulInteger', [quantized, unsigned, zero, middle]), 'float32');
  const product = onnx.add('Mul', [summed, onnx.add('Mul', [onnx.constant(scales, [N]), scale])]);
  return bias.length === 0 ? product : onnx.add('Add', [product, bias[0]]);
}

function same([x]: readonly Info[]): Info {
  return x;
}

function size({ shape }: Info): number {
  return util.sizeFromShape(shape);
}

/** Shape functions of TensorFlow.js that take a tensor read nothing but its shape. */
function tensorLike({ shape }: Info): Tensor {
  return { shape } as Tensor;
}

function fail(name: string): Kernel['infer'] {
  return () => {
    throw new Error(`${name} is made by the recorder and its passes, never called.`);
  };
}

function binary(op: string): Kernel {
  return {
    infer: ([a, b]) => ({ shape: backend_util.assertAndGetBroadcastShape(a.shape, b.shape), dtype: a.dtype }),
    lower: (_, inputs, onnx) => onnx.add(op, inputs),
  };
}

function comparison(op: string): Kernel {
  return {
    infer: ([a, b]) => ({ shape: backend_util.assertAndGetBroadcastShape(a.shape, b.shape), dtype: 'bool' }),
    lower: (_, inputs, onnx) => onnx.add(op, inputs),
  };
}

function unary(op: string): Kernel {
  return { infer: same, lower: (_, inputs, onnx) => onnx.add(op, inputs) };
}

function reduction(dtype: (x: Info) => DType): Pick<Kernel, 'infer' | 'attributes'> {
  return {
    infer: ([x], { keepDims, ...given }) => {
      const axes = reducedAxes(given, x.shape);
      const shape = keepDims
        ? x.shape.map((n, i) => (axes.includes(i) ? 1 : n))
        : x.shape.filter((_, i) => !axes.includes(i));
      return { shape, dtype: dtype(x) };
    },
    attributes: ({ keepDims, ...given }, [x]) => ({
      axes: reducedAxes(given, x.shape),
      keepDims: Boolean(keepDims),
    }),
  };
}

/** `Max` calls its axes `reductionIndices`, the others `axis`. */
function reducedAxes({ axis, reductionIndices }: Given, shape: number[]): number[] {
  return util.parseAxisParam((axis ?? reductionIndices) as number[], shape);
}

/** Reductions whose axes are still an attribute in opset 17. */
function reduceByAttribute(op: string): Kernel['lower'] {
  return ({ attrs }, [x], onnx) =>
    onnx.add(op, [x], { axes: attrs.axes as number[], keepdims: Number(attrs.keepDims) });
}

function reshape({ outputs: [value] }: Node, [x]: readonly string[], onnx: OnnxBuilder): string {
  return onnx.add('Reshape', [x, onnx.shape(value.shape)]);
}
