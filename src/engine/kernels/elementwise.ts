import { backend_util } from '@tensorflow/tfjs';
import type { DType } from '../graph.js';
import { type Kernel, type Kernels, same } from './kernel.js';

/** Element by element. */
export const elementwise: Kernels = {
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
};

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
