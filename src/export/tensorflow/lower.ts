import type { Graph, Value } from '../../engine/graph.js';
import { TensorflowBuilder, type TensorflowGraph } from './graphDef.js';
import { operations } from './operations.js';

/** A graph in TensorFlow's operations; symbols that are still in it stay free sizes. */
export function lowerToTensorflow(graph: Graph): TensorflowGraph {
  const tf = new TensorflowBuilder();
  const names = new Map<Value, string>();
  const inputs = tf.begin(graph);
  graph.inputs.forEach(({ value }, i) => {
    names.set(value, inputs[i]);
  });
  for (const node of graph.nodes) {
    const lower = operations[node.op];
    if (!lower) throw new Error(`The kernel ${node.op} has no TensorFlow form; add it to operations.ts.`);
    const outputs = [
      lower(
        node,
        node.inputs.map((value) => names.get(value)!),
        tf,
      ),
    ].flat();
    for (const [i, value] of node.outputs.entries()) names.set(value, outputs[i]);
  }
  return tf.finish(
    graph,
    graph.outputs.map(({ value }) => names.get(value)!),
  );
}
