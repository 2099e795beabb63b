import type { Precision } from '../engine.js';
import type { Graph } from '../graph.js';
import { mergeCommonSubexpressions } from './commonSubexpressions.js';
import { foldConstants } from './constants.js';
import { dropDeadNodes } from './deadNodes.js';
import { leavesLast } from './leaves.js';
import { foldTransposes, fuseBias, sumColumnsByProduct } from './products.js';
import { quantizeWeights } from './quantize.js';
import { simplify } from './simplify.js';

export interface OptimizeOptions {
  readonly precision?: Precision;
  /**
   * Whether a product adds its bias itself. On a GPU that saves a call; ONNX Runtime's product on the CPU fills its result
   * with the bias beforehand, on one thread, so that an addition afterwards takes less (default there).
   */
  readonly biasInProduct?: boolean;
}

/** Brings a recorded graph into the shape in which ONNX Runtime is fastest. Each pass keeps what the graph computes. */
export function optimize(graph: Graph, { precision = 'fp32', biasInProduct = false }: OptimizeOptions = {}): Graph {
  const passes = [
    foldConstants,
    simplify,
    simplify,
    mergeCommonSubexpressions,
    foldTransposes,
    sumColumnsByProduct,
    ...(biasInProduct || precision === 'int8' ? [fuseBias] : []),
    ...(precision === 'int8' ? [quantizeWeights] : []),
    dropDeadNodes,
    leavesLast,
  ];
  return passes.reduce((current, pass) => pass(current), graph);
}
