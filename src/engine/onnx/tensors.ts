import type { Tensor as OnnxTensor } from 'onnxruntime-node';
import type { HostTensor, HostTensors } from '../engine.js';

export type OnnxRuntime = typeof import('onnxruntime-node');
export type OnnxTensors = Readonly<Record<string, OnnxTensor>>;

/** Tensors as ONNX Runtime takes them; it reads the same memory. */
export function toOnnx({ Tensor }: OnnxRuntime, tensors: HostTensors): OnnxTensors {
  const tensor = ({ data, shape }: HostTensor) =>
    data instanceof Float32Array ? new Tensor('float32', data, shape) : new Tensor('int32', data, shape);
  return Object.fromEntries(Object.entries(tensors).map(([name, of]) => [name, tensor(of)]));
}

export function fromOnnx(tensors: OnnxTensors): HostTensors {
  const tensor = ({ data, dims }: OnnxTensor): HostTensor => ({ data: data as HostTensor['data'], shape: dims });
  return Object.fromEntries(Object.entries(tensors).map(([name, of]) => [name, tensor(of)]));
}
