import { describe, expect, it } from 'vitest';
import type { Attribute, Graph, Node, Value } from '../../src/engine/graph.js';
import { mergeCommonSubexpressions } from '../../src/engine/passes/commonSubexpressions.js';
import { foldConstants } from '../../src/engine/passes/constants.js';
import { dropDeadNodes } from '../../src/engine/passes/deadNodes.js';
import { leavesLast } from '../../src/engine/passes/leaves.js';
import { foldTransposes, fuseBias, sumColumnsByProduct, transposeLeftOnce } from '../../src/engine/passes/products.js';
import { quantizeWeights } from '../../src/engine/passes/quantize.js';
import { simplify } from '../../src/engine/passes/simplify.js';

const value = (...shape: number[]): Value => ({ shape, dtype: 'float32' });
const node = (op: string, inputs: Value[], output: Value, attrs: Record<string, Attribute> = {}): Node => ({
  op,
  inputs,
  outputs: [output],
  attrs,
});
const graph = (inputs: Value[], nodes: Node[], output: Value): Graph => ({
  inputs: inputs.map((v, i) => ({ name: `x${i}`, value: v })),
  nodes,
  outputs: [{ name: 'y', value: output }],
});
const ops = ({ nodes }: Graph) => nodes.map(({ op }) => op);

const x = value(3, 4);
const y = value(3, 4);
const z = value(3, 4);

describe('passes', () => {
  it('drops what no output needs', () => {
    expect(ops(dropDeadNodes(graph([x], [node('Exp', [x], y), node('Log', [x], z)], y)))).toEqual(['Exp']);
  });

  it('computes once what is written twice', () => {
    const sum = value(3, 4);
    const merged = mergeCommonSubexpressions(
      graph([x], [node('Exp', [x], y), node('Exp', [x], z), node('Add', [y, z], sum)], sum),
    );
    expect(ops(merged)).toEqual(['Exp', 'Add']);
    expect(merged.nodes[1].inputs).toEqual([y, y]);
  });

  it('does not merge nodes that differ in an attribute', () => {
    const sum = value(3, 4);
    const nodes = [
      node('Softmax', [x], y, { axis: 0 }),
      node('Softmax', [x], z, { axis: 1 }),
      node('Add', [y, z], sum),
    ];
    expect(ops(mergeCommonSubexpressions(graph([x], nodes, sum)))).toHaveLength(3);
  });

  it('removes products with ones and sums with zeros', () => {
    const ones = value(3, 4);
    const one = node('Fill', [], ones, { value: 1 });
    const kept = simplify(graph([x], [one, node('Multiply', [ones, x], y), node('Exp', [y], z)], z));
    expect(dropDeadNodes(kept).nodes).toEqual([node('Exp', [x], z)]);
    const zero = node('Const', [], ones, { data: new Float32Array(12) });
    expect(simplify(graph([x], [zero, node('Sub', [x, ones], y)], y)).outputs[0].value).toBe(x);
    expect(ops(simplify(graph([x], [zero, node('Sub', [ones, x], y)], y)))).toContain('Sub');
  });

  it('spreads a row only where nothing else has the full shape', () => {
    const row = value(1, 4);
    const ones = value(3, 4);
    const nodes = [node('Fill', [], ones, { value: 1 }), node('Multiply', [row, ones], y), node('Add', [x, y], z)];
    const simple = dropDeadNodes(simplify(graph([x, row], nodes, z)));
    expect(simple.nodes).toEqual([node('Add', [x, row], z)]);
  });

  it('removes reshapes and transpositions that change nothing', () => {
    const flat = value(12);
    const nodes = [node('Reshape', [x], flat), node('Reshape', [flat], y), node('Transpose', [y], z, { perm: [0, 1] })];
    expect(simplify(graph([x], nodes, z)).outputs[0].value).toBe(x);
  });

  it('folds a transposition into the flag of a product', () => {
    const t = value(4, 3);
    const product = value(3, 3);
    const nodes = [
      node('Transpose', [x], t, { perm: [1, 0] }),
      node('BatchMatMul', [y, t], product, { transposeA: false, transposeB: false }),
    ];
    const folded = dropDeadNodes(foldTransposes(graph([x, y], nodes, product)));
    expect(folded.nodes).toEqual([node('BatchMatMul', [y, x], product, { transposeA: false, transposeB: true })]);
  });

  it('leaves a transposition of other axes', () => {
    const a = value(2, 3, 4);
    const t = value(3, 2, 4);
    const out = value(3, 2, 2);
    const nodes = [
      node('Transpose', [a], t, { perm: [1, 0, 2] }),
      node('BatchMatMul', [t, t], out, { transposeA: false, transposeB: true }),
    ];
    expect(foldTransposes(graph([a], nodes, out)).nodes).toEqual(nodes);
  });

  it('sums columns by a product with ones', () => {
    const sum = value(4);
    const summed = sumColumnsByProduct(graph([x], [node('Sum', [x], sum, { axes: [0], keepDims: false })], sum));
    expect(ops(summed)).toEqual(['Fill', 'BatchMatMul', 'Reshape']);
    const rows = value(3);
    expect(
      ops(sumColumnsByProduct(graph([x], [node('Sum', [x], rows, { axes: [1], keepDims: false })], rows))),
    ).toEqual(['Sum']);
  });

  it('transposes a matrix beforehand that products take transposed on their left, once for all of them', () => {
    const [first, second, together] = [value(4, 4), value(4, 4), value(4, 4)];
    const left = { transposeA: true, transposeB: false };
    const nodes = [
      node('BatchMatMul', [x, y], first, left),
      node('BatchMatMul', [x, z], second, left),
      node('Add', [first, second], together),
    ];
    const turned = transposeLeftOnce(graph([x, y, z], nodes, together));
    expect(ops(turned)).toEqual(['Reshape', 'Transpose', 'Reshape', 'BatchMatMul', 'BatchMatMul', 'Add']);
    const products = turned.nodes.filter(({ op }) => op === 'BatchMatMul');
    expect(products.map(({ attrs }) => attrs)).toEqual([0, 1].map(() => ({ transposeA: false, transposeB: false })));
    expect(products[0].inputs[0].shape).toEqual([4, 3]);
    expect(products[1].inputs[0]).toBe(products[0].inputs[0]);
    const right = graph([x, y], [node('BatchMatMul', [x, y], value(3, 3), { transposeA: false, transposeB: true })], z);
    expect(transposeLeftOnce(right).nodes).toEqual(right.nodes);
  });

  it('adds a bias inside the product, unless the product is used elsewhere too', () => {
    const w = value(4, 4);
    const bias = value(4);
    const flags = { transposeA: false, transposeB: false };
    const nodes = [node('BatchMatMul', [x, w], y, flags), node('Add', [y, bias], z)];
    expect(dropDeadNodes(fuseBias(graph([x, w, bias], nodes, z))).nodes).toEqual([
      node('BiasMatMul', [x, w, bias], z, flags),
    ]);
    const both = graph([x, w, bias], [...nodes, node('Exp', [y], value(3, 4))], z);
    expect(ops(fuseBias(both))).toContain('Add');
  });

  it('computes what depends on constants alone', () => {
    const [table, part, scaled] = [value(4, 2), value(2, 2), value(2, 2)];
    const nodes = [
      node('Const', [], table, { data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) }),
      node('Slice', [table], part, { begin: [1, 0] }),
      node('Multiply', [part, part], scaled),
      node('Add', [scaled, x], y),
    ];
    const folded = dropDeadNodes(foldConstants(graph([x], nodes, y)));
    expect(folded.nodes).toEqual([
      node('Const', [], scaled, { data: Float32Array.of(9, 16, 25, 36) }),
      node('Add', [scaled, x], y),
    ]);
  });

  it('runs what only an output needs behind the rest, the last one first', () => {
    const [a, b, c] = [value(1), value(1), value(1)];
    const nodes = [node('Exp', [x], a), node('Log', [x], b), node('Neg', [x], y), node('Abs', [y], c)];
    const whole: Graph = { ...graph([x], nodes, a), outputs: [a, b, c].map((v, i) => ({ name: `o${i}`, value: v })) };
    expect(ops(leavesLast(whole))).toEqual(['Neg', 'Abs', 'Log', 'Exp']);
  });

  it('quantises constant weights column by column', () => {
    const [w, bias] = [value(4, 2), value(2)];
    const data = Float32Array.of(1, 0, -2, 0, 0.5, 0, 2, 0);
    const product = (flags: object, weights: Value) => [
      node('Const', [], weights, { data }),
      node('BiasMatMul', [x, weights, bias], value(3, 2), { transposeA: false, transposeB: false, ...flags }),
    ];
    const [, plain] = quantizeWeights(graph([x, bias], product({}, w), y)).nodes;
    expect(plain.op).toBe('QuantizedMatMul');
    expect(plain.inputs).toEqual([x, bias]);
    expect(plain.attrs.scales).toEqual(Float32Array.of(2 / 63, 1));
    expect(plain.attrs.weights).toEqual(Int8Array.of(31, 0, -63, 0, 16, 0, 63, 0));
    const [, turned] = quantizeWeights(graph([x, bias], product({ transposeB: true }, value(2, 4)), y)).nodes;
    expect(turned.attrs.weights).toEqual(Int8Array.of(31, 16, 0, 0, -63, 63, 0, 0));
    const inputs = graph([x, w, bias], product({}, w).slice(1), y);
    expect(quantizeWeights(inputs).nodes).toEqual(inputs.nodes);
  });
});
