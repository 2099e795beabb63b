import type { Graph, Node, Value } from '../graph.js';
import { sameDims } from '../graph.js';
import { type Rewrite, rewriteGraph, type Surroundings } from './rewrite.js';

/** Removes what changes nothing: reshapes to the same shape, sums with zeros, products with ones, needless broadcasts. */
export function simplify(graph: Graph): Graph {
  return rewriteGraph(graph, (node, around) => {
    for (const rule of RULES) {
      const result = rule(node, around);
      if (result) return result;
    }
    return node;
  });
}

type Rule = (...args: Parameters<Rewrite>) => ReturnType<Rewrite> | undefined;

const RULES: readonly Rule[] = [identity, reshapeOfReshape, neutralOperand, broadcastOperand];

function identity(node: Node): ReturnType<Rule> {
  const [input] = node.inputs;
  const [output] = node.outputs;
  const changesNothing =
    node.op === 'Identity' ||
    (['Reshape', 'ExpandDims', 'BroadcastTo'].includes(node.op) && sameDims(input.shape, output.shape)) ||
    (node.op === 'Cast' && input.dtype === output.dtype) ||
    (node.op === 'Transpose' && (node.attrs.perm as number[]).every((axis, i) => axis === i));
  return changesNothing ? { alias: input } : undefined;
}

function reshapeOfReshape(node: Node, { producer }: Surroundings): ReturnType<Rule> {
  if (!isReshape(node)) return undefined;
  const before = producer(node.inputs[0]);
  if (!before || !isReshape(before)) return undefined;
  if (sameDims(before.inputs[0].shape, node.outputs[0].shape)) return { alias: before.inputs[0] };
  return { ...node, inputs: before.inputs };
}

/** x · 1 and x + 0, as gradients of sums make them: x itself, or x spread out to the shape of the ones. */
function neutralOperand(node: Node, { producer }: Surroundings): ReturnType<Rule> {
  const neutral = { Multiply: 1, RealDiv: 1, Add: 0, Sub: 0 }[node.op];
  if (neutral === undefined) return undefined;
  const [a, b] = node.inputs;
  const commutes = node.op === 'Multiply' || node.op === 'Add';
  const kept = uniform(producer(b)) === neutral ? a : commutes && uniform(producer(a)) === neutral ? b : undefined;
  if (!kept) return undefined;
  if (sameDims(kept.shape, node.outputs[0].shape)) return { alias: kept };
  return { op: 'BroadcastTo', inputs: [kept], outputs: node.outputs, attrs: {} };
}

/** An operand needs no spreading out where the other one has the full shape already. */
function broadcastOperand(node: Node, { producer }: Surroundings): ReturnType<Rule> {
  if (!ELEMENTWISE.has(node.op) || node.inputs.length !== 2) return undefined;
  const [output] = node.outputs;
  const narrow = (value: Value, other: Value): Value => {
    const made = producer(value);
    return made?.op === 'BroadcastTo' && sameDims(other.shape, output.shape) ? made.inputs[0] : value;
  };
  const [a, b] = node.inputs;
  const left = narrow(a, b);
  const right = left === a ? narrow(b, a) : b;
  return left === a && right === b ? undefined : { ...node, inputs: [left, right] };
}

const ELEMENTWISE = new Set(['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference']);

function isReshape({ op }: Node): boolean {
  return op === 'Reshape' || op === 'ExpandDims';
}

/** The number that a constant consists of, if it is one number. */
function uniform(node: Node | undefined): number | undefined {
  if (node?.op === 'Fill') return node.attrs.value as number;
  if (node?.op === 'ZerosLike') return 0;
  if (node?.op === 'OnesLike') return 1;
  if (node?.op !== 'Const') return undefined;
  const data = node.attrs.data as Float32Array;
  return data.every((x) => x === data[0]) ? data[0] : undefined;
}
