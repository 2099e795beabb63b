import type { Graph, Value } from '../graph.js';
import { kernels } from '../kernels.js';
import { OnnxBuilder } from './builder.js';

/**
 * A graph as an ONNX model (opset 17). Symbols that are still in the graph become dynamic axes.
 * @param options.contrib allow ONNX Runtime's own operators (default: yes, as the model is run by it)
 */
export function lowerToOnnx(graph: Graph, options: { contrib?: boolean } = {}): Uint8Array {
  const onnx = new OnnxBuilder(options.contrib ?? true);
  const names = new Map<Value, string>();
  for (const { name, value } of graph.inputs) {
    names.set(value, name);
    value.shape.forEach((dim, axis) => {
      if (typeof dim !== 'number' && dim.factor === 1 && dim.symbols.length === 1) {
        onnx.bindSymbol(dim.symbols[0], name, axis);
      }
    });
  }
  for (const [symbol, { of, plus }] of Object.entries(graph.sums ?? {})) onnx.bindSum(symbol, of, plus);
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((value) => names.get(value)!);
    const outputs = [kernels[node.op].lower(node, inputs, onnx)].flat();
    for (const [i, value] of node.outputs.entries()) names.set(value, outputs[i]);
  }
  return onnx.finish(graph, new Map(graph.outputs.map(({ name, value }) => [name, names.get(value)!])));
}
