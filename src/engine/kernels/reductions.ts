import { util } from '@tensorflow/tfjs';
import type { DType } from '../graph.js';
import type { Given, Info, Kernel, Kernels } from './kernel.js';

/** Over some of the axes. */
export const reductions: Kernels = {
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
};

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
