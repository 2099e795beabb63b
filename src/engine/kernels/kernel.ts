import type { TensorInfo } from '@tensorflow/tfjs';
import type { Attribute, DType, Node } from '../graph.js';
import type { OnnxBuilder } from '../onnx/builder.js';

export interface Info {
  shape: number[];
  dtype: DType;
}
export type Given = Record<string, unknown>;

/** What the tracer has to know of a TensorFlow.js kernel, and how it is said in ONNX. */
export interface Kernel {
  /** Shapes and types of the outputs. */
  infer(inputs: readonly Info[], given: Given): Info | Info[];
  /** The attributes worth keeping; numbers in arrays may be sizes and become symbols. Default: none. */
  attributes?(given: Given, inputs: readonly TensorInfo[]): Record<string, Attribute>;
  /** Adds ONNX nodes and returns the names of the outputs. */
  lower(node: Node, inputs: readonly string[], onnx: OnnxBuilder): string | string[];
}

export type Kernels = Readonly<Record<string, Kernel>>;

export function same([x]: readonly Info[]): Info {
  return x;
}

export function fail(name: string): Kernel['infer'] {
  return () => {
    throw new Error(`${name} is made by the recorder and its passes, never called.`);
  };
}

export function reshape({ outputs: [value] }: Node, [x]: readonly string[], onnx: OnnxBuilder): string {
  return onnx.add('Reshape', [x, onnx.shape(value.shape)]);
}
