import type { Graph, Node, Value } from '../graph.js';

/** What is known about the graph while a node is looked at. */
export interface Surroundings {
  /** The node that makes a value, already rewritten; undefined for an input. */
  producer(value: Value): Node | undefined;
  /** How many nodes and outputs of the original graph take a value. */
  uses(value: Value): number;
}

/** Keep or replace a node by others that make the same outputs, or say that its output is another value. */
export type Rewrite = (node: Node, around: Surroundings) => Node | readonly Node[] | { alias: Value };

/** Visits the nodes in order and rewrites each; a node's inputs already follow earlier aliases. */
export function rewriteGraph(graph: Graph, rewrite: Rewrite): Graph {
  const aliases = new Map<Value, Value>();
  const producers = new Map<Value, Node>();
  const uses = countUses(graph);
  const resolve = (value: Value): Value => aliases.get(value) ?? value;
  const around: Surroundings = {
    producer: (value) => producers.get(value),
    uses: (value) => uses.get(value) ?? 0,
  };
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const result = rewrite({ ...node, inputs: node.inputs.map(resolve) }, around);
    if ('alias' in result) {
      aliases.set(node.outputs[0], result.alias);
      // The value now has its users as well, so that a later rule does not take it for its own.
      uses.set(result.alias, around.uses(result.alias) + around.uses(node.outputs[0]) - 1);
      continue;
    }
    for (const made of [result].flat() as Node[]) {
      nodes.push(made);
      for (const value of made.outputs) producers.set(value, made);
    }
  }
  return { ...graph, nodes, outputs: graph.outputs.map(({ name, value }) => ({ name, value: resolve(value) })) };
}

function countUses(graph: Graph): Map<Value, number> {
  const uses = new Map<Value, number>();
  const count = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const node of graph.nodes) node.inputs.forEach(count);
  for (const { value } of graph.outputs) count(value);
  return uses;
}
