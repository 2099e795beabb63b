import type { Graph } from '../graph.js';
import { mergeCommonSubexpressions } from './commonSubexpressions.js';
import { dropDeadNodes } from './deadNodes.js';
import { foldTransposes, fuseBias, sumColumnsByProduct } from './products.js';
import { simplify } from './simplify.js';

/** Brings a recorded graph into the shape in which ONNX Runtime is fastest. Each pass keeps what the graph computes. */
export function optimize(graph: Graph): Graph {
  const passes = [
    simplify,
    simplify,
    mergeCommonSubexpressions,
    foldTransposes,
    sumColumnsByProduct,
    fuseBias,
    dropDeadNodes,
  ];
  return passes.reduce((current, pass) => pass(current), graph);
}
