import type { Tensor } from '@tensorflow/tfjs';
import type { DType, Sums } from './graph.js';

export type { Sums };

export type Tensors = Record<string, Tensor>;

/** What a tensor function may use beside its inputs. */
export interface Context {
  /** Zeroes a share `rate` of the entries and scales the rest by 1 / (1 - rate); the identity where nothing is trained. */
  dropout(x: Tensor, rate: number): Tensor;
}

/** A pure function of TensorFlow.js tensors: no state, no value read back, the same operations at every call. */
export type TensorFunction = (inputs: Tensors, context: Context) => Tensors;

/** Shapes with names for the sizes that vary from call to call, such as `['B', 'T']`. */
export type Signature = Readonly<
  Record<string, { readonly shape: readonly (number | string)[]; readonly dtype: DType }>
>;

/** A tensor in the host's memory, row-major. */
export interface HostTensor {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
}
export type HostTensors = Record<string, HostTensor>;

/**
 * Gives the dropout masks of one call: the `index`-th mask, `length` entries of 0 or 1 / (1 - rate). It may be a window of a
 * larger array, which then never changes: an engine takes copies of whole arrays.
 */
export type Noise = (index: number, length: number, rate: number) => Float32Array;

export interface Compiled {
  /** Runs the function. Without `noise` there is no dropout to feed: a function that has some fails. */
  run(inputs: HostTensors, noise?: Noise): Promise<HostTensors>;
  dispose(): Promise<void>;
}

/** A way to run tensor functions. All engines give the same numbers up to rounding. */
export interface Engine {
  readonly name: EngineName;
  /** For a person: library, version, threads. */
  readonly description: string;
  compile(fn: TensorFunction, signature: Signature, options?: CompileOptions): Compiled;
  /** Puts tensors into the memory of a device. An engine that computes in the host's memory has no use for this. */
  keep?(tensors: HostTensors): Promise<Kept>;
}

/** Tensors that stay in a device's memory from call to call, such as parameters while they are trained. */
export interface Kept {
  /** Copies of their present values. */
  read(): Promise<HostTensors>;
  /** To be called before the functions that were compiled with them are disposed of, in whose memory they may lie. */
  dispose(): Promise<void>;
}

/** Name of the output that takes the place of a kept input. */
export function nextOf(name: string): string {
  return `next/${name}`;
}

/** `int8`: products with fixed weights in eight bits, where the engine can; faster, with a rounding error. */
export const PRECISIONS = ['fp32', 'int8'] as const;
export type Precision = (typeof PRECISIONS)[number];

export interface CompileOptions {
  /** The function's dropout is live. */
  readonly train?: boolean;
  /** Inputs that are the same in every run, such as trained parameters: they are given once, and an engine can prepare them. */
  readonly fixed?: HostTensors;
  /** Inputs that this engine keeps; a run replaces those that have an output `next/<name>`, and returns the other outputs. */
  readonly kept?: Kept;
  /** Sizes within the function that are one of the signature's plus a number. */
  readonly sums?: Sums;
  readonly precision?: Precision;
}

export const ENGINE_NAMES = ['onnx', 'webgpu', 'cuda', 'tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];
