import { UserError } from '../error.js';
import type { Engine, EngineName } from './engine.js';

/** The fastest first. */
const PREFERENCE: readonly EngineName[] = ['onnx', 'wasm', 'cpu'];

/**
 * Opens an engine by name; `auto` takes the fastest that works on this machine.
 * @param options.threads threads of the native engine; default: the cores that this process may use
 */
export async function openEngine(name: EngineName | 'auto', options: { threads?: number } = {}): Promise<Engine> {
  const faults: string[] = [];
  for (const candidate of name === 'auto' ? PREFERENCE : [name]) {
    try {
      return await open(candidate, options.threads);
    } catch (error) {
      faults.push(`${candidate}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  throw new UserError(`No engine works here. ${faults.join('; ')}`, {
    next: 'npm install onnxruntime-node   (or choose another: --engine wasm)',
  });
}

async function open(name: EngineName, threads?: number): Promise<Engine> {
  if (name === 'onnx') return (await import('./onnxEngine.js')).OnnxEngine.open(threads);
  return (await import('./eagerEngine.js')).EagerEngine.open(name);
}
