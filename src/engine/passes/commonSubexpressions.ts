import type { Graph, Node, Value } from '../graph.js';
import { dimText } from '../graph.js';
import { rewriteGraph } from './rewrite.js';

/** Computes once what is written twice. Constants are merged when the model is written. */
export function mergeCommonSubexpressions(graph: Graph): Graph {
  const ids = new Map<Value, number>();
  const id = (value: Value): number => {
    if (!ids.has(value)) ids.set(value, ids.size);
    return ids.get(value)!;
  };
  const seen = new Map<string, Value>();
  return rewriteGraph(graph, (node) => {
    if (node.outputs.length !== 1 || node.op === 'Const') return node;
    const key = describe(node, id);
    const known = seen.get(key);
    if (known) return { alias: known };
    seen.set(key, node.outputs[0]);
    return node;
  });
}

function describe({ op, inputs, outputs: [output], attrs }: Node, id: (value: Value) => number): string {
  return `${op}(${inputs.map(id)}) ${JSON.stringify(attrs)} ${output.dtype}[${output.shape.map(dimText)}]`;
}
