import type { Graph, Node, Value } from '../graph.js';
import { kernels } from '../kernels/index.js';
import { OnnxBuilder } from './builder.js';

export interface LowerOptions {
  /** Allow ONNX Runtime's own operators (default: yes, as the model is run by it). */
  readonly contrib?: boolean;
  /** Says some nodes in another way than `kernels` does; undefined for the others. */
  readonly instead?: (node: Node, inputs: readonly string[], onnx: OnnxBuilder) => string | undefined;
  /** Written into the file for its readers. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * A graph as an ONNX model (opset 17). Symbols that are still in the graph become dynamic axes.
 */
export function lowerToOnnx(graph: Graph, { contrib = true, instead, metadata }: LowerOptions = {}): Uint8Array {
  const onnx = new OnnxBuilder(contrib);
  const names = new Map<Value, string>();
  const clash = graph.outputs.find(({ name }) => graph.inputs.some((input) => input.name === name));
  if (clash) throw new Error(`An output has the name of an input: ${clash.name}.`);
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
    const outputs = [instead?.(node, inputs, onnx) ?? kernels[node.op].lower(node, inputs, onnx)].flat();
    for (const [i, value] of node.outputs.entries()) names.set(value, outputs[i]);
  }
  return onnx.finish(graph, new Map(graph.outputs.map(({ name, value }) => [name, names.get(value)!])), metadata);
}
