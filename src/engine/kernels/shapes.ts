import { backend_util, type Tensor, util } from '@tensorflow/tfjs';
import type { Data, DType } from '../graph.js';
import { fail, type Info, type Kernels, reshape, same } from './kernel.js';

/** Numbers that depend on no input. */
export const constants: Kernels = {
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
};

/** Shape and order of entries. */
export const shapes: Kernels = {
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
};

function size({ shape }: Info): number {
  return util.sizeFromShape(shape);
}

/** Shape functions of TensorFlow.js that take a tensor read nothing but its shape. */
function tensorLike({ shape }: Info): Tensor {
  return { shape } as Tensor;
}
