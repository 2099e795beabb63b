import type { Data, Dim, DType, Graph, Value } from '../graph.js';
import { dimText, isStatic } from '../graph.js';
import { ProtoWriter } from './proto.js';

export type OnnxAttribute = number | readonly number[] | { float: number } | { string: string };
type OnnxType = DType | 'int8' | 'uint8' | 'int64' | 'float16';
type OnnxData = Data | BigInt64Array | Uint16Array;

// TensorProto.DataType
const TYPES: Record<OnnxType, number> = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10 };
const IR_VERSION = 8;
const OPSET = 17;

/** Collects the nodes and constants of one ONNX model; names are handed out by it. */
export class OnnxBuilder {
  private readonly nodes: ProtoWriter[] = [];
  private readonly initializers = new Map<string, { name: string; proto: ProtoWriter }>();
  private readonly symbols = new Map<string, string>();
  private readonly used = new Set<string>();
  private names = 0;

  /** @param contrib ONNX Runtime's own operators may be used: faster there, unknown elsewhere */
  constructor(readonly contrib: boolean) {}

  /** Adds a node with one output. */
  add(
    op: string,
    inputs: readonly string[],
    attributes: Record<string, OnnxAttribute> = {},
    options: { domain?: string } = {},
  ): string {
    return this.addMany(op, inputs, 1, attributes, options)[0];
  }

  addMany(
    op: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Record<string, OnnxAttribute> = {},
    { domain }: { domain?: string } = {},
  ): string[] {
    const names = Array.from({ length: outputs }, () => `value.${this.names++}`);
    const node = new ProtoWriter();
    for (const name of inputs) {
      node.string(1, name);
      this.used.add(name);
    }
    for (const name of names) node.string(2, name);
    node.string(4, op);
    for (const [name, value] of Object.entries(attributes)) node.message(5, attributeProto(name, value));
    if (domain) node.string(7, domain);
    this.nodes.push(node);
    return names;
  }

  cast(x: string, to: OnnxType): string {
    return this.add('Cast', [x], { to: TYPES[to] });
  }

  /** A constant; equal constants are stored once. */
  constant(data: OnnxData, shape: readonly number[], dtype: OnnxType = 'float32'): string {
    const typed = typedAs(data, dtype);
    const bytes = new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength);
    const key = `${dtype}[${shape}]${Buffer.from(bytes).toString('latin1')}`;
    const known = this.initializers.get(key);
    if (known) return known.name;
    const name = `constant.${this.initializers.size}`;
    const proto = new ProtoWriter();
    for (const size of shape) proto.int(1, size);
    proto.int(2, TYPES[dtype]).string(8, name).bytes(9, bytes);
    this.initializers.set(key, { name, proto });
    return name;
  }

  int64(values: readonly number[]): string {
    return this.constant(BigInt64Array.from(values, BigInt), [values.length], 'int64');
  }

  /** A shape as a tensor: constant where it is known, computed from the inputs' sizes where it is not. */
  shape(dims: readonly Dim[]): string {
    if (isStatic(dims)) return this.int64(dims);
    return this.add(
      'Concat',
      dims.map((dim) => this.dim(dim)),
      { axis: 0 },
    );
  }

  /** A tensor of one repeated number. */
  fill({ shape, dtype }: Value, value: number): string {
    const scalar = this.constant(new Float32Array([value]), [], dtype);
    return shape.length === 0 ? scalar : this.add('Expand', [scalar, this.shape(shape)]);
  }

  /** Says where the size of a symbol is found: axis `axis` of the input `input`. */
  bindSymbol(symbol: string, input: string, axis: number): void {
    if (this.symbols.has(symbol)) return;
    const shape = this.add('Shape', [input]);
    this.symbols.set(symbol, this.add('Gather', [shape, this.int64([axis])], { axis: 0 }));
  }

  /** Says that a symbol is another one plus a number; nothing where that one is bound to a number. */
  bindSum(symbol: string, of: string, plus: number): void {
    const size = this.symbols.get(of);
    if (size !== undefined) this.symbols.set(symbol, this.add('Add', [size, this.int64([plus])]));
  }

  private dim(dim: Dim): string {
    if (typeof dim === 'number') return this.int64([dim]);
    const sizes = dim.symbols.map((symbol) => this.symbols.get(symbol)!);
    const parts = dim.factor === 1 ? sizes : [this.int64([dim.factor]), ...sizes];
    return parts.reduce((product, part) => this.add('Mul', [product, part]));
  }

  /**
   * The model file.
   * @param outputs names of tensors by the graph's outputs
   * @param metadata what a reader of the file may want to know
   */
  finish(
    graph: Graph,
    outputs: ReadonlyMap<string, string>,
    metadata: Readonly<Record<string, string>> = {},
  ): Uint8Array {
    const proto = new ProtoWriter();
    for (const { name, value } of graph.outputs) {
      this.used.add(outputs.get(name)!);
      this.nodes.push(new ProtoWriter().string(1, outputs.get(name)!).string(2, name).string(4, 'Identity'));
      proto.message(12, valueInfo(name, value));
    }
    for (const node of this.nodes) proto.message(1, node);
    proto.string(2, 'logbert');
    for (const { name, proto: initializer } of this.initializers.values()) {
      if (this.used.has(name)) proto.message(5, initializer);
    }
    for (const { name, value } of graph.inputs) proto.message(11, valueInfo(name, value));
    const model = new ProtoWriter().int(1, IR_VERSION).string(2, 'logbert').message(7, proto);
    model.message(8, new ProtoWriter().int(2, OPSET));
    if (this.contrib) model.message(8, new ProtoWriter().string(1, 'com.microsoft').int(2, 1));
    for (const [key, value] of Object.entries(metadata)) {
      model.message(14, new ProtoWriter().string(1, key).string(2, value));
    }
    return model.finish();
  }
}

function typedAs(data: OnnxData, dtype: OnnxType): ArrayBufferView {
  if (data instanceof BigInt64Array || data instanceof Uint16Array || dtype === 'int8') return data;
  if (dtype === 'float32') return data instanceof Float32Array ? data : Float32Array.from(data);
  if (dtype === 'int32') return data instanceof Int32Array ? data : Int32Array.from(data);
  return Uint8Array.from(data);
}

// AttributeProto: name 1, f 2, i 3, s 4, ints 8, type 20 (FLOAT 1, INT 2, STRING 3, INTS 7)
function attributeProto(name: string, value: OnnxAttribute): ProtoWriter {
  const proto = new ProtoWriter().string(1, name);
  if (typeof value === 'number') return proto.int(3, value).int(20, 2);
  if ('float' in value) return proto.float(2, value.float).int(20, 1);
  if ('string' in value) return proto.string(4, value.string).int(20, 3);
  for (const item of value) proto.int(8, item);
  return proto.int(20, 7);
}

// ValueInfoProto: name 1, type 2 { tensor_type 1 { elem_type 1, shape 2 { dim 1 { dim_value 1 | dim_param 2 } } } }
function valueInfo(name: string, { shape, dtype }: Value): ProtoWriter {
  const dims = new ProtoWriter();
  for (const dim of shape) {
    const proto = new ProtoWriter();
    dims.message(1, typeof dim === 'number' ? proto.int(1, dim) : proto.string(2, dimText(dim)));
  }
  const tensor = new ProtoWriter().int(1, TYPES[dtype]).message(2, dims);
  return new ProtoWriter().string(1, name).message(2, new ProtoWriter().message(1, tensor));
}
