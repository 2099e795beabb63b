import type { Graph, Node, Value } from '../graph.js';

/**
 * Puts each node that only an output needs, such as a parameter's gradient, behind all others, the last one recorded
 * first: ONNX Runtime then runs it while what it reads is still in the cache, beside the gradient of its input.
 */
export function leavesLast(graph: Graph): Graph {
  const read = new Set<Value>(graph.nodes.flatMap(({ inputs }) => inputs));
  const isLeaf = ({ outputs }: Node) => outputs.every((value) => !read.has(value));
  return { ...graph, nodes: [...graph.nodes.filter((n) => !isLeaf(n)), ...graph.nodes.filter(isLeaf).reverse()] };
}
