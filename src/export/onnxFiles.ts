import type { Node } from '../engine/graph.js';
import type { OnnxBuilder } from '../engine/onnx/builder.js';
import { lowerToOnnx } from '../engine/onnx/lower.js';
import { optimize } from '../engine/passes/index.js';
import type { Exported } from './exported.js';
import type { Files } from './files.js';
import { halfPrecision } from './halfPrecision.js';

/** Smaller constants are kept whole: they take no room, and limits such as -1e9 are no half-precision numbers. */
const HALVED_VALUES = 256;

/**
 * The scoring as ONNX models of opset 17, standard operators only: single precision; weights in half precision, computed in
 * single; products in eight bits, with activations scaled as they come.
 */
export function onnxFiles(exported: Exported): Files {
  return {
    'model.onnx': onnxModel(exported),
    'model.fp16.onnx': lowerToOnnx(optimize(exported.graph), {
      contrib: false,
      metadata: exported.metadata,
      instead: halved,
    }),
    'model.int8.onnx': lowerToOnnx(optimize(exported.graph, { precision: 'int8' }), {
      contrib: false,
      metadata: exported.metadata,
    }),
  };
}

export function onnxModel({ graph, metadata }: Exported): Uint8Array {
  return lowerToOnnx(optimize(graph), { contrib: false, metadata });
}

function halved({ op, outputs: [{ shape, dtype }], attrs }: Node, _: readonly string[], onnx: OnnxBuilder) {
  const data = attrs.data;
  if (op !== 'Const' || dtype !== 'float32' || !(data instanceof Float32Array) || data.length < HALVED_VALUES) return;
  return onnx.cast(onnx.constant(halfPrecision(data), shape as readonly number[], 'float16'), 'float32');
}
