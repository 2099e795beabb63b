import type { Graph, Node, Value } from '../graph.js';
import { rewriteGraph } from './rewrite.js';

/**
 * 7 bits and a sign would be 127; with one bit less, processors that add products of bytes in 16 bits (AVX2 without VNNI)
 * can't overflow.
 */
const LARGEST = 63;

/**
 * Products with constant weights in eight bits: each column of the weights is scaled to -63..63 by itself, each batch
 * of activations as a whole when it comes (dynamic quantisation). Adds a rounding error of up to 0.8 % of the largest
 * weight of a column.
 *
 * Runs after `fuseBias`; weights that aren't constants stay as they are.
 */
export function quantizeWeights(graph: Graph): Graph {
  return rewriteGraph(graph, (node, { producer }) => {
    if (node.op !== 'BatchMatMul' && node.op !== 'BiasMatMul') return node;
    const [x, weights, ...bias] = node.inputs;
    const constant = producer(weights);
    const fits = constant?.op === 'Const' && weights.shape.length === 2 && x.shape.length === 2;
    if (!fits || node.attrs.transposeA) return node;
    const [rows, columns] = weights.shape as number[];
    const data = constant.attrs.data as Float32Array;
    const at = node.attrs.transposeB
      ? { rows: columns, columns: rows, get: (k: number, n: number) => data[n * columns + k] }
      : { rows, columns, get: (k: number, n: number) => data[k * columns + n] };
    return quantized(node.outputs, [x, ...bias], at);
  });
}

interface Weights {
  /** K, the size that is summed over. */
  readonly rows: number;
  readonly columns: number;
  get(row: number, column: number): number;
}

function quantized(outputs: readonly Value[], inputs: readonly Value[], { rows, columns, get }: Weights): Node {
  const weights = new Int8Array(rows * columns);
  const scales = new Float32Array(columns);
  for (let n = 0; n < columns; n++) {
    let largest = 0;
    for (let k = 0; k < rows; k++) largest = Math.max(largest, Math.abs(get(k, n)));
    scales[n] = largest === 0 ? 1 : largest / LARGEST;
    for (let k = 0; k < rows; k++) weights[k * columns + n] = Math.round(get(k, n) / scales[n]);
  }
  return { op: 'QuantizedMatMul', inputs, outputs, attrs: { weights, scales } };
}
