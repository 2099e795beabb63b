import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import { UserError } from '../error.js';

// The packages are CommonJS, and so is the module that they look into.
const require = createRequire(import.meta.url);

export type NativePackage = 'tfjs-node' | 'tfjs-node-gpu';

/** What the packages call their back end, both of them. */
export const NATIVE_BACKEND = 'tensorflow';

/** The parts of the packages' back end that we look at. */
interface NativeBackend {
  readonly isGPUPackage: boolean;
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

/**
 * Loads one of the optional packages that bring TensorFlow's C library, and says what it computes on.
 * @throws UserError where the package, its library, or the TensorFlow.js that it registers with is not what it must be
 */
export async function loadNativeTensorFlow(name: NativePackage, threads?: number): Promise<string> {
  const gpu = name === 'tfjs-node-gpu';
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3'; // else TensorFlow tells of processor and CUDA plug-ins on stderr
  if (threads !== undefined) process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  restoreRemovedUtil();
  if (!tf.findBackendFactory(NATIVE_BACKEND)) load(`@tensorflow/${name}`);
  if (!tf.findBackendFactory(NATIVE_BACKEND)) throw secondCopy(name);
  await tf.setBackend(NATIVE_BACKEND);
  const backend = tf.backend() as unknown as NativeBackend;
  if (backend.isGPUPackage !== gpu) {
    throw new UserError(`${name} can't be used beside ${gpu ? 'tfjs-node' : 'tfjs-node-gpu'} in one process.`);
  }
  const device = backend.isUsingGpuDevice ? 'on the GPU' : gpu ? 'on the CPU: it found no GPU' : 'on the CPU';
  return `TensorFlow ${backend.binding.TF_Version} by ${name} ${device}`;
}

function load(name: string): void {
  try {
    require.resolve(name);
  } catch {
    throw missing(name);
  }
  try {
    require(name);
  } catch (error) {
    throw broken(name, (error as Error).message);
  }
}

function missing(name: string): UserError {
  return new UserError(`the package ${name} is not installed.`, {
    next: `npm install ${name}   (where its download is blocked: see docs/engines.md)`,
  });
}

function broken(name: string, reason: string): UserError {
  const kind = name.endsWith('-gpu') ? 'gpu' : 'cpu';
  return new UserError(`the package ${name} is installed, but does not load: ${reason.split('\n')[0].trim()}`, {
    next: `npm rebuild ${name}   (where its download is blocked: node_modules/logbert/tools/tfjs-node-native.sh CACHE_FOLDER ${kind})`,
  });
}

/** The package registered its back end with a TensorFlow.js of its own, which our models don't call. */
function secondCopy(name: NativePackage): UserError {
  const { version } = require('@tensorflow/tfjs/package.json') as { version: string };
  return new UserError(`@tensorflow/${name} uses another copy of TensorFlow.js than logbert, which has ${version}.`, {
    next: `npm install @tensorflow/${name}@${version} && npm dedupe`,
  });
}

/** tfjs-node 4.22 calls this function of `node:util`, which Node 23 removed. */
function restoreRemovedUtil(): void {
  const util = require('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
}
