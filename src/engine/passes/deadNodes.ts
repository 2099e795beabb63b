import type { Graph, Value } from '../graph.js';

/** Drops the nodes that no output needs. */
export function dropDeadNodes(graph: Graph): Graph {
  const needed = new Set<Value>(graph.outputs.map(({ value }) => value));
  const nodes = graph.nodes
    .toReversed()
    .filter((node) => {
      if (!node.outputs.some((value) => needed.has(value))) return false;
      for (const value of node.inputs) needed.add(value);
      return true;
    })
    .reverse();
  return { ...graph, nodes };
}
