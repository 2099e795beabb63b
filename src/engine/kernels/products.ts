import { backend_util, util } from '@tensorflow/tfjs';
import { GELU_CUBIC, GELU_LINEAR } from '../composites.js';
import type { DType } from '../graph.js';
import type { OnnxBuilder } from '../onnx/builder.js';
import { fail, type Info, type Kernels, same } from './kernel.js';

/** Products, and what neural networks are made of. */
export const products: Kernels = {
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
