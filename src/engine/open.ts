import { UserError } from '../error.js';
import { ENGINE_NAMES, type Engine, type EngineName } from './engine.js';
import { type Guard, GuardedEngine } from './guardedEngine.js';

/**
 * What `auto` tries, the fastest first. `cuda` works only where someone installed its libraries and there is a GPU. The
 * other GPU engines wait to be named: nobody has measured yet that they are faster for models of this size.
 */
export const PREFERENCE: readonly EngineName[] = ['cuda', 'onnx', 'tfjs-node', 'wasm', 'cpu'];

const GPU_ENGINES: readonly EngineName[] = ['webgpu', 'cuda', 'tfjs-node-gpu'];

export interface EngineOptions {
  /** Threads of a native engine; default: the cores that this process may use. */
  threads?: number;
  /** What to do when a GPU engine fails in the middle; default `stop`. */
  onFailure?: Guard['onFailure'];
  /** Is told when `auto` had to do without a faster engine, and when the CPU takes over. */
  note?: (line: string) => void;
}

/**
 * Opens an engine by name; `auto` takes the fastest that works on this machine.
 * @throws UserError that says why it can't be used here and what would mend that
 */
export async function openEngine(name: EngineName | 'auto', options: EngineOptions = {}): Promise<Engine> {
  if (name !== 'auto') return openNamed(name, options);
  const faults = new Map<EngineName, string>();
  for (const candidate of PREFERENCE) {
    try {
      const engine = await open(candidate, options);
      const fault = faults.get('onnx');
      if (fault) options.note?.(`Running on ${candidate}, slower than need be. onnx: ${fault}`);
      return engine;
    } catch (error) {
      faults.set(candidate, firstLine(error));
    }
  }
  const all = Array.from(faults, ([candidate, fault]) => `${candidate}: ${fault}`);
  throw new UserError(`No engine works here. ${all.join('; ')}`, { next: REMEDY });
}

async function openNamed(name: EngineName, options: EngineOptions): Promise<Engine> {
  try {
    return await open(name, options);
  } catch (error) {
    const next = error instanceof UserError ? (error.next ?? 'logbert engines') : REMEDY;
    throw new UserError(`The engine ${name} can't be used: ${firstLine(error)}`, { next, cause: error });
  }
}

const REMEDY = 'ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node   (or another engine: --engine wasm)';

function firstLine(error: unknown): string {
  return (error as Error).message.split('\n')[0];
}

async function open(name: EngineName, options: EngineOptions): Promise<Engine> {
  const engine = await openBare(name, options.threads);
  if (!GPU_ENGINES.includes(name)) return engine;
  const { threads, note, onFailure = 'stop' } = options;
  return new GuardedEngine(engine, { onFailure, note, openCpu: () => openEngine('onnx', { threads }) });
}

async function openBare(name: EngineName, threads?: number): Promise<Engine> {
  switch (name) {
    case 'onnx':
    case 'webgpu':
    case 'cuda':
      return (await import('./onnxEngine.js')).OnnxEngine.open(threads, name);
    case 'tfjs-node-gpu':
    case 'tfjs-node':
    case 'wasm':
    case 'cpu':
      return (await import('./eagerEngine.js')).EagerEngine.open(name, threads);
    default:
      throw new UserError(`there is no such engine; expected ${ENGINE_NAMES.join(', ')}.`);
  }
}
