import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { UserError } from '../../error.js';
import { gpuNames } from '../gpus.js';
import type { Graph, Value } from '../graph.js';
import { lowerToOnnx } from './lower.js';

type OnnxRuntime = typeof import('onnxruntime-node');
export type GpuProvider = 'webgpu' | 'cuda';

/** What to do where a provider finds no GPU that it can use. */
const REMEDIES: Readonly<Record<GpuProvider, string>> = {
  webgpu: "install the GPU's driver and the Vulkan loader (Debian: apt-get install libvulkan1 mesa-vulkan-drivers)",
  cuda: 'ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node   (Linux x64; needs CUDA 12 and cuDNN 9)',
};

/**
 * Runs a tiny model by the provider.
 * @returns the devices that it runs on, for a person
 * @throws UserError where it can't be run
 */
export async function requireGpu(
  name: GpuProvider,
  { InferenceSession, Tensor }: OnnxRuntime,
  options: InferenceSession.SessionOptions,
): Promise<string> {
  try {
    if (name === 'cuda') requireCudaLibrary();
    const session = await InferenceSession.create(lowerToOnnx(DOUBLE), options);
    await session.run({ x: new Tensor('float32', Float32Array.of(1), [1]) });
    await session.release();
  } catch (error) {
    throw new UserError(reasonOf(error as Error), { next: REMEDIES[name], cause: error });
  }
  const names = gpuNames();
  if (names === undefined) return 'the GPU';
  return names.join(', ') || 'the CPU, through a driver in software: there is no GPU';
}

/** ONNX Runtime itself would tell on stderr that the file is not there. */
function requireCudaLibrary(): void {
  const folder = join(createRequire(import.meta.url).resolve('onnxruntime-node'), '../../bin');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  if (files.some((file) => /onnxruntime_providers_cuda\.(so|dll)$/.test(file))) return;
  throw new Error('onnxruntime-node was installed without its CUDA libraries.');
}

/** ONNX Runtime's message without its source file and condition. */
function reasonOf({ message }: Error): string {
  const [line] = message.split('\n');
  return /was false\.\s*(.+)$/.exec(line)?.[1] ?? line;
}

const input: Value = { shape: [1], dtype: 'float32' };
const output: Value = { shape: [1], dtype: 'float32' };
const DOUBLE: Graph = {
  inputs: [{ name: 'x', value: input }],
  nodes: [{ op: 'Add', inputs: [input, input], outputs: [output], attrs: {} }],
  outputs: [{ name: 'y', value: output }],
};
