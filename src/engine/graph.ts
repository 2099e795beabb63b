/** A product of a number and named sizes, such as 4·B: a dimension that is not known until the graph is bound. */
export interface SymbolicDim {
  readonly factor: number;
  /** Names, sorted; a name that occurs twice stands for its square. */
  readonly symbols: readonly string[];
}

export type Dim = number | SymbolicDim;
export type DType = 'float32' | 'int32' | 'bool';
export type Data = Float32Array | Int32Array | Int8Array | Uint8Array;

/** An edge of the graph. Values are compared by identity. */
export interface Value {
  readonly shape: readonly Dim[];
  readonly dtype: DType;
}

export type Attribute = number | boolean | string | readonly Dim[] | readonly (readonly Dim[])[] | Data;

export interface Node {
  /** A TensorFlow.js kernel name, `Const`, or a named composite (src/engine/composites.ts). */
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attrs: Readonly<Record<string, Attribute>>;
}

/** A pure tensor function as data: nodes in an order in which they can be computed. */
export interface Graph {
  readonly inputs: readonly GraphInput[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly { readonly name: string; readonly value: Value }[];
  /** Symbols that are another one plus a number. */
  readonly sums?: Sums;
}

/** Such as `{ S: { of: 'T', plus: 3 } }`: S = T + 3. */
export type Sums = Readonly<Record<string, { readonly of: string; readonly plus: number }>>;

export interface GraphInput {
  readonly name: string;
  readonly value: Value;
  /** Set for a dropout mask: entries are 0 with this probability and 1 / (1 - rate) otherwise. */
  readonly dropoutRate?: number;
}

/** Sizes for the symbols of a graph, such as `{ B: 32, T: 24 }`. */
export type Binding = Readonly<Record<string, number>>;

export function bindDim(dim: Dim, binding: Binding): number {
  if (typeof dim === 'number') return dim;
  return dim.symbols.reduce((size, symbol) => {
    if (binding[symbol] === undefined) throw new Error(`The graph's dimension ${symbol} is not bound.`);
    return size * binding[symbol];
  }, dim.factor);
}

export function isStatic(shape: readonly Dim[]): shape is readonly number[] {
  return shape.every((dim) => typeof dim === 'number');
}

export function sameDims(a: readonly Dim[], b: readonly Dim[]): boolean {
  return a.length === b.length && a.every((dim, i) => dimText(dim) === dimText(b[i]));
}

/** `4*B*T`, `7`: equal texts are equal dimensions. */
export function dimText(dim: Dim): string {
  if (typeof dim === 'number') return String(dim);
  return [...(dim.factor === 1 ? [] : [dim.factor]), ...dim.symbols].join('*');
}

/** The same graph with every symbol replaced by its size. */
export function bindGraph(graph: Graph, sizes: Binding): Graph {
  const sums = Object.entries(graph.sums ?? {}).map(([symbol, { of, plus }]) => [symbol, sizes[of] + plus]);
  const binding: Binding = { ...sizes, ...Object.fromEntries(sums) };
  const bindAttribute = (a: Attribute): Attribute => {
    if (!Array.isArray(a)) return a;
    return a.map((e) => (Array.isArray(e) ? e.map((d) => bindDim(d, binding)) : bindDim(e, binding))) as Attribute;
  };
  return mapValues(
    graph,
    (value) => ({ ...value, shape: value.shape.map((dim) => bindDim(dim, binding)) }),
    (node) => Object.fromEntries(Object.entries(node.attrs).map(([k, a]) => [k, bindAttribute(a)])),
  );
}

/** Rebuilds a graph with another value in the place of each. */
function mapValues(graph: Graph, mapValue: (v: Value) => Value, mapAttrs: (n: Node) => Node['attrs']): Graph {
  const mapped = new Map<Value, Value>();
  const get = (value: Value): Value => {
    const found = mapped.get(value) ?? mapValue(value);
    mapped.set(value, found);
    return found;
  };
  return {
    inputs: graph.inputs.map((input) => ({ ...input, value: get(input.value) })),
    nodes: graph.nodes.map((node) => ({
      op: node.op,
      inputs: node.inputs.map(get),
      outputs: node.outputs.map(get),
      attrs: mapAttrs(node),
    })),
    outputs: graph.outputs.map(({ name, value }) => ({ name, value: get(value) })),
  };
}

/** The same graph with some inputs turned into constants. */
export function fixInputs(graph: Graph, tensors: Readonly<Record<string, { readonly data: Data }>>): Graph {
  const fixed = graph.inputs.filter(({ name }) => tensors[name]);
  const constants = fixed.map(({ name, value }): Node => {
    return { op: 'Const', inputs: [], outputs: [value], attrs: { data: tensors[name].data } };
  });
  const inputs = graph.inputs.filter((input) => !fixed.includes(input));
  return { ...graph, inputs, nodes: [...constants, ...graph.nodes] };
}

/** The symbols that occur in a graph's inputs, sorted. */
export function symbolsOf(graph: Graph): string[] {
  const names = graph.inputs.flatMap(({ value }) =>
    value.shape.flatMap((dim) => (typeof dim === 'number' ? [] : dim.symbols)),
  );
  return [...new Set(names)].sort();
}

/** Sizes of the symbols, read off the shapes of actual inputs. Throws where two inputs disagree. */
export function bindingOf(graph: Graph, shapes: Readonly<Record<string, readonly number[]>>): Binding {
  const binding: Record<string, number> = {};
  for (const { name, value, dropoutRate } of graph.inputs) {
    if (dropoutRate !== undefined) continue;
    const shape = shapes[name];
    if (shape?.length !== value.shape.length) {
      const expected = value.shape.map(dimText).join(', ');
      throw new Error(`Input ${name}: expected the shape [${expected}], found [${shape?.join(', ') ?? 'nothing'}].`);
    }
    value.shape.forEach((dim, i) => {
      if (typeof dim !== 'number' && dim.factor === 1 && dim.symbols.length === 1) binding[dim.symbols[0]] ??= shape[i];
      const size = bindDim(dim, binding);
      if (size !== shape[i]) throw new Error(`Input ${name}: expected ${dimText(dim)} = ${size}, found ${shape[i]}.`);
    });
  }
  return binding;
}
