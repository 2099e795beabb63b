import { UserError } from '../error.js';
import { ENGINE_NAMES, type Engine, type EngineName } from './engine.js';

/** The fastest first. */
const PREFERENCE: readonly EngineName[] = ['onnx', 'wasm', 'cpu'];

export interface EngineOptions {
  /** Threads of the native engine; default: the cores that this process may use. */
  threads?: number;
  /** Is told when `auto` had to do without a faster engine. */
  note?: (line: string) => void;
}

/**
 * Opens an engine by name; `auto` takes the fastest that works on this machine.
 * @throws UserError that says why it can't be used here and what would mend that
 */
export async function openEngine(name: EngineName | 'auto', options: EngineOptions = {}): Promise<Engine> {
  if (name !== 'auto') return openNamed(name, options);
  const faults: string[] = [];
  for (const candidate of PREFERENCE) {
    try {
      const engine = await open(candidate, options.threads);
      if (faults.length > 0) options.note?.(`Running on ${candidate}, slower than need be. ${faults.join('; ')}`);
      return engine;
    } catch (error) {
      faults.push(`${candidate}: ${firstLine(error)}`);
    }
  }
  throw new UserError(`No engine works here. ${faults.join('; ')}`, { next: REMEDY });
}

async function openNamed(name: EngineName, { threads }: EngineOptions): Promise<Engine> {
  try {
    return await open(name, threads);
  } catch (error) {
    const next = (error instanceof UserError && error.next) || (name === 'onnx' ? REMEDY : 'logbert engines');
    throw new UserError(`The engine ${name} can't be used: ${firstLine(error)}`, { next, cause: error });
  }
}

const REMEDY = 'ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node   (or another engine: --engine wasm)';

function firstLine(error: unknown): string {
  return (error as Error).message.split('\n')[0];
}

async function open(name: EngineName, threads?: number): Promise<Engine> {
  switch (name) {
    case 'onnx':
      return (await import('./onnxEngine.js')).OnnxEngine.open(threads);
    case 'tfjs-node-gpu':
    case 'tfjs-node':
    case 'wasm':
    case 'cpu':
      return (await import('./eagerEngine.js')).EagerEngine.open(name, threads);
    default:
      throw new UserError(`there is no such engine; expected ${ENGINE_NAMES.join(', ')}.`);
  }
}
