import type { Data, Dim, DType, Graph } from '../../engine/graph.js';
import { isStatic } from '../../engine/graph.js';

/** The attributes of TensorFlow's operations that an export needs. */
export type TensorflowAttribute =
  | { readonly type: DType }
  | { readonly int: number }
  | { readonly bool: boolean }
  | { readonly shape: readonly number[] }
  | { readonly tensor: { readonly dtype: DType; readonly shape: readonly number[]; readonly data: Data } };

/** A node of a GraphDef (tensorflow/core/framework/node_def.proto). */
export interface TensorflowNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, TensorflowAttribute>>;
}

/** Input or output of a graph: the tensor's name, and its shape with -1 for a size that is free. */
export interface TensorflowEnd {
  readonly name: string;
  readonly tensor: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** A frozen graph: weights are constants. The GraphModel of TensorFlow.js and the SavedModel are two ways to write it down. */
export interface TensorflowGraph {
  readonly nodes: readonly TensorflowNode[];
  readonly inputs: readonly TensorflowEnd[];
  readonly outputs: readonly TensorflowEnd[];
}

/** Collects the nodes of one graph; names are handed out by it. */
export class TensorflowBuilder {
  private readonly nodes: TensorflowNode[] = [];
  private readonly names = new Set<string>();
  private readonly constants = new Map<string, string>();
  private readonly symbols = new Map<string, string>();

  /** Adds a node; its name is that of the operation with a number, unless one is given. */
  add(
    op: string,
    inputs: readonly string[],
    attributes: Record<string, TensorflowAttribute> = {},
    wanted?: string,
  ): string {
    let name = wanted ?? op;
    for (let i = 1; this.names.has(name); i++) name = `${wanted ?? op}_${i}`;
    this.names.add(name);
    this.nodes.push({ name, op, inputs, attributes });
    return name;
  }

  /** A constant; equal constants are stored once. */
  constant(data: Data, shape: readonly number[], dtype: DType): string {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const key = `${dtype}[${shape}]${bytes.toString('latin1')}`;
    const known = this.constants.get(key);
    if (known) return known;
    const name = this.add('Const', [], { dtype: { type: dtype }, value: { tensor: { dtype, shape, data } } });
    this.constants.set(key, name);
    return name;
  }

  scalar(value: number, dtype: DType): string {
    return this.constant(typed([value], dtype), [], dtype);
  }

  /** Whole numbers as a vector, such as axes. */
  ints(values: readonly number[]): string {
    return this.constant(Int32Array.from(values), [values.length], 'int32');
  }

  cast(x: string, from: DType, to: DType): string {
    return this.add('Cast', [x], { SrcT: { type: from }, DstT: { type: to } });
  }

  /** A shape as a vector: constant where it is known, computed from the inputs' sizes where it is not. */
  shape(dims: readonly Dim[]): string {
    if (isStatic(dims)) return this.ints(dims);
    const sizes = dims.map((dim) => this.dim(dim));
    return this.add('Pack', sizes, { N: { int: sizes.length }, T: { type: 'int32' }, axis: { int: 0 } });
  }

  fill(value: number, dims: readonly Dim[], dtype: DType): string {
    if (dims.length === 0) return this.scalar(value, dtype);
    const attributes = { T: { type: dtype }, index_type: { type: 'int32' } } as const;
    return this.add('Fill', [this.shape(dims), this.scalar(value, dtype)], attributes);
  }

  private dim(dim: Dim): string {
    if (typeof dim === 'number') return this.scalar(dim, 'int32');
    const sizes = dim.symbols.map((symbol) => this.symbols.get(symbol)!);
    const parts = dim.factor === 1 ? sizes : [this.scalar(dim.factor, 'int32'), ...sizes];
    return parts.reduce((product, part) => this.add('Mul', [product, part], { T: { type: 'int32' } }));
  }

  /** Placeholders for the inputs; the symbols are the sizes that are found on them. */
  begin({ inputs, sums = {} }: Graph): string[] {
    const names = inputs.map(({ name, value }) =>
      this.add('Placeholder', [], { dtype: { type: value.dtype }, shape: { shape: freeShape(value.shape) } }, name),
    );
    inputs.forEach(({ value }, i) => {
      value.shape.forEach((dim, axis) => {
        if (typeof dim === 'number' || dim.factor !== 1 || dim.symbols.length !== 1) return;
        if (!this.symbols.has(dim.symbols[0]))
          this.symbols.set(dim.symbols[0], this.sizeOf(names[i], value.dtype, axis));
      });
    });
    for (const [symbol, { of, plus }] of Object.entries(sums)) {
      const parts = [this.symbols.get(of)!, this.scalar(plus, 'int32')];
      this.symbols.set(symbol, this.add('AddV2', parts, { T: { type: 'int32' } }));
    }
    return names;
  }

  private sizeOf(input: string, dtype: DType, axis: number): string {
    const shape = this.add('Shape', [input], { T: { type: dtype }, out_type: { type: 'int32' } });
    return gather(this, shape, this.scalar(axis, 'int32'), 0, 'int32');
  }

  /** @param tensors names of the tensors that are the graph's outputs, in their order */
  finish({ inputs, outputs }: Graph, tensors: readonly string[]): TensorflowGraph {
    const ends = outputs.map(({ name, value }, i): TensorflowEnd => {
      const tensor = this.add('Identity', [tensors[i]], { T: { type: value.dtype } }, name);
      return { name, tensor, dtype: value.dtype, shape: freeShape(value.shape) };
    });
    return {
      nodes: this.nodes,
      inputs: inputs.map(({ name, value }) => {
        return { name, tensor: name, dtype: value.dtype, shape: freeShape(value.shape) };
      }),
      outputs: ends,
    };
  }
}

/** `GatherV2` along an axis. */
export function gather(tf: TensorflowBuilder, x: string, indices: string, axis: number, dtype: DType): string {
  return tf.add('GatherV2', [x, indices, tf.scalar(axis, 'int32')], {
    Tparams: { type: dtype },
    Tindices: { type: 'int32' },
    Taxis: { type: 'int32' },
    batch_dims: { int: 0 },
  });
}

export function typed(values: readonly number[], dtype: DType): Data {
  if (dtype === 'float32') return Float32Array.from(values);
  return dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values);
}

function freeShape(shape: readonly Dim[]): number[] {
  return shape.map((dim) => (typeof dim === 'number' ? dim : -1));
}
