import * as tf from '@tensorflow/tfjs';
import type { Data, Graph, Node, Value } from '../graph.js';
import { isStatic } from '../graph.js';
import { onBackend } from '../trace.js';
import { rewriteGraph } from './rewrite.js';

/** Kernels that need nothing but their recorded attributes and the shape of their output. */
const FOLDABLE = new Set([
  'Add',
  'Sub',
  'Multiply',
  'RealDiv',
  'Neg',
  'Sqrt',
  'Rsqrt',
  'Reshape',
  'Slice',
  'Transpose',
]);

/** Computes what depends on constants alone, by the kernels of TensorFlow.js itself. */
export function foldConstants(graph: Graph): Graph {
  return rewriteGraph(graph, (node, { producer }) => {
    const [output] = node.outputs;
    if (!FOLDABLE.has(node.op) || output.dtype !== 'float32' || !isStatic(output.shape)) return node;
    const constants = node.inputs.map((value) => constantOf(value, producer(value)));
    if (!constants.every((data) => data !== undefined)) return node;
    return { op: 'Const', inputs: [], outputs: node.outputs, attrs: { data: compute(node, constants) } };
  });
}

function constantOf({ dtype }: Value, made: Node | undefined): Float32Array | undefined {
  return made?.op === 'Const' && dtype === 'float32' ? Float32Array.from(made.attrs.data as Data) : undefined;
}

function compute({ op, inputs, outputs: [{ shape }], attrs }: Node, constants: readonly Float32Array[]): Data {
  return onBackend('cpu', () => {
    const tensors = constants.map((data, i) => tf.tensor(data, [...inputs[i].shape] as number[]));
    const [a, b] = tensors;
    const result = tf.engine().runKernel(op, b ? { a, b } : { x: a }, { ...attrs, shape, size: shape } as never);
    const data = (result as tf.Tensor).dataSync<'float32'>();
    tf.dispose([...tensors, result]);
    return data;
  });
}
