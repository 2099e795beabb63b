import * as tf from '@tensorflow/tfjs';
import type { Context, Signature, TensorFunction, Tensors } from './engine.js';
import type { Attribute, Data, DType, Graph, GraphInput, Node, Sums, Value } from './graph.js';
import { dimText } from './graph.js';
import { kernels } from './kernels/index.js';
import { decodeDim, type Encoding, encodeDim, encodings } from './symbols.js';

const BACKEND = 'trace';

/**
 * Records a pure tensor function as a graph, gradients included: TensorFlow.js differentiates by calling kernels, and
 * every kernel called on this back end becomes a node. Dimensions named in the signature stay symbols in the graph, and so
 * do those that are another plus a number, if `sums` names them.
 *
 * The function is recorded twice with other sizes for its symbols; both graphs must be the same, so that a size which
 * slipped into a constant, or a branch on a size, is refused and never recorded wrongly.
 */
export function trace(
  fn: TensorFunction,
  signature: Signature,
  { train = false, sums }: { train?: boolean; sums?: Sums } = {},
): Graph {
  const dims = Object.values(signature).flatMap(({ shape }) => shape);
  const symbols = [...new Set(dims.filter((d) => typeof d === 'string'))].sort();
  const [first, second] = encodings(
    symbols,
    dims.filter((d) => typeof d === 'number'),
    sums,
  ).map((encoding) => new Recorder(fn, encoding, train).record(signature));
  assertSame(first, second, fn.name);
  return sums ? { ...first, sums } : first;
}

/** A recorded tensor, as TensorFlow.js sees it: an opaque id. */
type DataId = object;
interface Info {
  shape: number[];
  dtype: DType;
}

let recorder: Recorder | undefined;

class Recorder {
  private readonly values = new WeakMap<DataId, Value>();
  private readonly nodes: Node[] = [];
  private readonly inputs: GraphInput[] = [];

  constructor(
    private readonly fn: TensorFunction,
    private readonly encoding: Encoding,
    private readonly train: boolean,
  ) {}

  record(signature: Signature): Graph {
    registerBackend();
    return onBackend(BACKEND, () => {
      recorder = this;
      try {
        const inputs = Object.entries(signature).map(([name, { shape, dtype }]) => {
          const sizes = shape.map((dim) => encodeDim(dim, this.encoding));
          return [name, this.input(name, { shape: sizes, dtype })] as const;
        });
        const outputs = this.call(Object.fromEntries(inputs));
        return {
          inputs: this.inputs,
          nodes: this.nodes,
          outputs: Object.entries(outputs).map(([name, tensor]) => ({ name, value: this.valueOf(tensor.dataId) })),
        };
      } finally {
        recorder = undefined;
      }
    });
  }

  private call(inputs: Tensors): Tensors {
    const context: Context = {
      dropout: (x, rate) => {
        if (!this.train || rate === 0) return x;
        const index = this.inputs.filter((input) => input.dropoutRate !== undefined).length;
        return tf.mul(x, this.input(`dropout/${index}`, { shape: x.shape, dtype: 'float32' }, rate));
      },
    };
    try {
      return this.fn(inputs, context);
    } catch (error) {
      const missing = /Kernel '(\w+)' not registered for backend 'trace'/.exec(String(error));
      if (!missing) throw error;
      throw new Error(
        `${this.fn.name}: the kernel ${missing[1]} is unknown to the tracer; add it to src/engine/kernels.`,
      );
    }
  }

  private input(name: string, { shape, dtype }: Info, dropoutRate?: number): tf.Tensor {
    const value = this.value(shape, dtype);
    this.inputs.push(dropoutRate === undefined ? { name, value } : { name, value, dropoutRate });
    return tf.engine().makeTensorFromTensorInfo({ dataId: this.idOf(value), shape, dtype });
  }

  /** Adds a constant; one whose size is symbolic must be uniform, and becomes a `Fill`. */
  constant(data: Data, shape: number[], dtype: DType): DataId {
    const value = this.value(shape, dtype);
    if (value.shape.every((dim) => typeof dim === 'number')) {
      this.nodes.push({ op: 'Const', inputs: [], outputs: [value], attrs: { data } });
    } else {
      if (data.some((x) => x !== data[0])) {
        throw new Error(
          `${this.fn.name}: a constant of shape [${value.shape.map(dimText)}] depends on a symbolic size.`,
        );
      }
      this.nodes.push({ op: 'Fill', inputs: [], outputs: [value], attrs: { value: data[0] } });
    }
    return this.idOf(value);
  }

  kernel(
    op: string,
    inputs: readonly tf.TensorInfo[],
    given: Record<string, unknown>,
  ): tf.TensorInfo | tf.TensorInfo[] {
    const { infer, attributes } = kernels[op];
    const inferred = infer(
      inputs.map(({ shape, dtype }) => ({ shape, dtype: dtype as DType })),
      given,
    );
    const infos = Array.isArray(inferred) ? inferred : [inferred];
    const outputs = infos.map(({ shape, dtype }) => this.value(shape, dtype));
    const attrs = Object.fromEntries(
      Object.entries(attributes?.(given, inputs) ?? {}).map(([name, a]) => [name, this.decodeAttribute(a)]),
    );
    this.nodes.push({ op, inputs: inputs.map(({ dataId }) => this.valueOf(dataId)), outputs, attrs });
    const tensors = outputs.map((value, i) => ({ dataId: this.idOf(value), ...infos[i] }));
    return Array.isArray(inferred) ? tensors : tensors[0];
  }

  private decodeAttribute(a: Attribute): Attribute {
    if (!Array.isArray(a)) return a;
    return a.map((e) =>
      Array.isArray(e) ? this.decodeAttribute(e) : decodeDim(e as number, this.encoding),
    ) as Attribute;
  }

  private value(shape: readonly number[], dtype: DType): Value {
    return { shape: shape.map((size) => decodeDim(size, this.encoding)), dtype };
  }

  private idOf(value: Value): DataId {
    const id = {};
    this.values.set(id, value);
    return id;
  }

  private valueOf(id: DataId): Value {
    const value = this.values.get(id);
    if (!value)
      throw new Error(`${this.fn.name}: a tensor that was made outside of the recorded function was used in it.`);
    return value;
  }

  refuseRead(): never {
    const last = this.nodes.at(-1)?.op ?? 'an input';
    throw new Error(
      `${this.fn.name}: a value was read while the function was being recorded (after ${last}). Model functions must not look at values.`,
    );
  }
}

/** The back end that TensorFlow.js talks to; it holds no data. */
class TraceBackend extends tf.KernelBackend {
  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): DataId {
    return recorder!.constant(values as Data, shape, dtype as DType);
  }
  /** A tensor of another back end takes part: TensorFlow.js hands its values over. */
  override move(): void {
    throw new Error('A tensor that was made outside of the recorded function was used in it.');
  }
  override readSync(): never {
    return recorder!.refuseRead();
  }
  override read(): never {
    return recorder!.refuseRead();
  }
  override disposeData(): boolean {
    return true;
  }
  override numDataIds(): number {
    return 0;
  }
  override refCount(): number {
    return 1;
  }
  override incRef(): void {}
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
}

function registerBackend(): void {
  if (tf.findBackendFactory(BACKEND)) return;
  tf.registerBackend(BACKEND, () => new TraceBackend());
  for (const kernelName of Object.keys(kernels)) {
    tf.registerKernel({
      kernelName,
      backendName: BACKEND,
      kernelFunc: ({ inputs, attrs }) =>
        recorder!.kernel(
          kernelName,
          Object.values(inputs) as tf.TensorInfo[],
          (attrs ?? {}) as Record<string, unknown>,
        ),
    });
  }
}

/** Runs a synchronous function with another TensorFlow.js back end in force, one that is already initialised or needs no waiting. */
export function onBackend<T>(name: string, run: () => T): T {
  const before = tf.engine().backendName;
  if (before === name) return run();
  void tf.setBackend(name);
  try {
    return run();
  } finally {
    if (before) void tf.setBackend(before);
  }
}

function assertSame(a: Graph, b: Graph, name: string): void {
  const describe = (graph: Graph) => {
    const ids = new Map<Value, number>();
    const id = (value: Value) => {
      if (!ids.has(value)) ids.set(value, ids.size);
      return `%${ids.get(value)}:${value.dtype}[${value.shape.map(dimText)}]`;
    };
    return [
      ...graph.inputs.map((input) => `${input.name} ${id(input.value)}`),
      ...graph.nodes.map((n) => `${n.outputs.map(id)} = ${n.op}(${n.inputs.map(id)}) ${attributesText(n)}`),
      ...graph.outputs.map((output) => `${output.name} ${id(output.value)}`),
    ];
  };
  const [left, right] = [describe(a), describe(b)];
  const at = left.findIndex((line, i) => line !== right[i]);
  if (at >= 0 || left.length !== right.length) {
    throw new Error(
      `${name}: the recorded graph depends on the size of a symbolic dimension at: ${left[at] ?? right[left.length]}`,
    );
  }
}

function attributesText({ attrs }: Node): string {
  return JSON.stringify(attrs, (_, a) => (ArrayBuffer.isView(a) ? Array.from(a as Float32Array) : a));
}
