import { UserError } from '../error.js';
import type { Engine, EngineName } from './engine.js';

/** The fastest first. */
const PREFERENCE: readonly EngineName[] = ['onnx', 'wasm', 'cpu'];

export interface EngineOptions {
  /** Threads of the native engine; default: the cores that this process may use. */
  threads?: number;
  /** Is told when `auto` had to do without a faster engine. */
  note?: (line: string) => void;
}

/** Opens an engine by name; `auto` takes the fastest that works on this machine. */
export async function openEngine(name: EngineName | 'auto', options: EngineOptions = {}): Promise<Engine> {
  const faults: string[] = [];
  for (const candidate of name === 'auto' ? PREFERENCE : [name]) {
    try {
      const engine = await open(candidate, options.threads);
      if (faults.length > 0) options.note?.(`Running on ${candidate}, slower than need be. ${faults.join('; ')}`);
      return engine;
    } catch (error) {
      faults.push(`${candidate}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  throw new UserError(`No engine works here. ${faults.join('; ')}`, {
    next: 'ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node   (or another engine: --engine wasm)',
  });
}

async function open(name: EngineName, threads?: number): Promise<Engine> {
  if (name === 'onnx') return (await import('./onnxEngine.js')).OnnxEngine.open(threads);
  return (await import('./eagerEngine.js')).EagerEngine.open(name);
}
