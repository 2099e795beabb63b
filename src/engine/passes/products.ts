import type { Graph, Node, Value } from '../graph.js';
import { rewriteGraph } from './rewrite.js';

/** A transposition of the last two axes before a product becomes the product's own flag. */
export function foldTransposes(graph: Graph): Graph {
  return rewriteGraph(graph, (node, { producer }) => {
    if (node.op !== 'BatchMatMul') return node;
    const [a, b] = node.inputs.map((value) => {
      const made = producer(value);
      return made?.op === 'Transpose' && swapsLastTwo(made.attrs.perm as number[]) ? made.inputs[0] : value;
    });
    const flip = (flag: unknown, before: Value, after: Value) => (before === after ? flag : !flag) as boolean;
    return {
      ...node,
      inputs: [a, b],
      attrs: {
        transposeA: flip(node.attrs.transposeA, node.inputs[0], a),
        transposeB: flip(node.attrs.transposeB, node.inputs[1], b),
      },
    };
  });
}

function swapsLastTwo(perm: readonly number[]): boolean {
  const n = perm.length;
  return perm.every((axis, i) => axis === (i === n - 2 ? n - 1 : i === n - 1 ? n - 2 : i));
}

/**
 * A matrix that products take transposed on their left is transposed beforehand, once for all of them: ONNX Runtime's product
 * on the CPU does it anew for every few columns of the result. It has three dimensions on the way, for ONNX Runtime would put
 * a plain transposition back into the product.
 */
export function transposeLeftOnce(graph: Graph): Graph {
  const known = new Map<Value, Value>();
  return rewriteGraph(graph, (node) => {
    const [x, y] = node.inputs;
    if (node.op !== 'BatchMatMul' || !node.attrs.transposeA || x.shape.length !== 2) return node;
    const [K, M] = x.shape;
    const product = (left: Value): Node => ({
      ...node,
      inputs: [left, y],
      attrs: { ...node.attrs, transposeA: false },
    });
    const made = known.get(x);
    if (made) return product(made);
    const [wide, turned, left] = [
      [1, K, M],
      [1, M, K],
      [M, K],
    ].map((shape): Value => ({ shape, dtype: x.dtype }));
    known.set(x, left);
    return [
      { op: 'Reshape', inputs: [x], outputs: [wide], attrs: {} },
      { op: 'Transpose', inputs: [wide], outputs: [turned], attrs: { perm: [0, 2, 1] } },
      { op: 'Reshape', inputs: [turned], outputs: [left], attrs: {} },
      product(left),
    ];
  });
}

/** A sum over the rows of a matrix as a product with a row of ones, which ONNX Runtime computes faster. */
export function sumColumnsByProduct(graph: Graph): Graph {
  return rewriteGraph(graph, (node) => {
    const [x] = node.inputs;
    const [output] = node.outputs;
    const sumsRows = node.op === 'Sum' && x.shape.length === 2 && x.dtype === 'float32' && isAxis(node.attrs.axes, 0);
    if (!sumsRows) return node;
    const ones: Value = { shape: [1, x.shape[0]], dtype: 'float32' };
    const row: Value = { shape: [1, x.shape[1]], dtype: 'float32' };
    const product: Node = {
      op: 'BatchMatMul',
      inputs: [ones, x],
      outputs: [node.attrs.keepDims ? output : row],
      attrs: { transposeA: false, transposeB: false },
    };
    const fill: Node = { op: 'Fill', inputs: [], outputs: [ones], attrs: { value: 1 } };
    if (node.attrs.keepDims) return [fill, product];
    return [fill, product, { op: 'Reshape', inputs: [row], outputs: [output], attrs: {} }];
  });
}

function isAxis(axes: unknown, axis: number): boolean {
  return Array.isArray(axes) && axes.length === 1 && axes[0] === axis;
}

/** A product whose only use is the addition of a row becomes one `Gemm`. */
export function fuseBias(graph: Graph): Graph {
  return rewriteGraph(graph, (node, { producer, uses }) => {
    if (node.op !== 'Add') return node;
    for (const [product, bias] of [node.inputs, node.inputs.toReversed()]) {
      const made = producer(product);
      const fits = made?.op === 'BatchMatMul' && product.shape.length === 2 && bias.shape.length === 1;
      if (fits && uses(product) === 1)
        return { ...made, op: 'BiasMatMul', inputs: [...made.inputs, bias], outputs: node.outputs };
    }
    return node;
  });
}
