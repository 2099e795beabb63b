import type { Precision } from '../engine.js';
import type { Graph } from '../graph.js';
import { mergeCommonSubexpressions } from './commonSubexpressions.js';
import { foldConstants } from './constants.js';
import { dropDeadNodes } from './deadNodes.js';
import { leavesLast } from './leaves.js';
import { foldTransposes, fuseBias, sumColumnsByProduct, transposeLeftOnce } from './products.js';
import { quantizeWeights } from './quantize.js';
import { simplify } from './simplify.js';

export interface OptimizeOptions {
  readonly precision?: Precision;
  /**
   * What the graph is brought into shape for, default `cpu`. On a GPU a product adds its bias and transposes its operands
   * itself, which saves calls. ONNX Runtime's product on the CPU fills its result with the bias beforehand, on one thread, and
   * transposes its left operand piece by piece, several times: there both are done apart.
   */
  readonly device?: 'cpu' | 'gpu';
}

/** Brings a recorded graph into the shape in which ONNX Runtime is fastest. Each pass keeps what the graph computes. */
export function optimize(graph: Graph, { precision = 'fp32', device = 'cpu' }: OptimizeOptions = {}): Graph {
  const passes = [
    foldConstants,
    simplify,
    simplify,
    mergeCommonSubexpressions,
    foldTransposes,
    sumColumnsByProduct,
    ...(device === 'cpu' ? [transposeLeftOnce] : []),
    ...(device === 'gpu' || precision === 'int8' ? [fuseBias] : []),
    ...(precision === 'int8' ? [quantizeWeights] : []),
    dropDeadNodes,
    leavesLast,
  ];
  return passes.reduce((current, pass) => pass(current), graph);
}
