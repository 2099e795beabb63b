import { cpus } from 'node:os';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { usableCores } from '../cores.js';
import type { UserError } from '../error.js';
import { gelu, layerNormalization } from './composites.js';
import { differentiate } from './differentiate.js';
import type { Compiled, Engine, EngineName, HostTensor, Signature, TensorFunction } from './engine.js';
import { openEngine, PREFERENCE } from './open.js';

/** What `logbert engines` tells of an engine. */
export interface EngineReport {
  readonly name: EngineName;
  readonly usable: boolean;
  /** Library, version and device, or why it can't be used. */
  readonly description: string;
  /** What would make it usable. */
  readonly remedy?: string;
  /** Processor on which the host's part runs. */
  readonly processor?: string;
  readonly speed?: Speed;
}

/** A feed-forward block of a transformer, forwards and backwards. */
export interface Speed {
  /** Median. */
  readonly stepMilliseconds: number;
  /** Of the block's products alone. */
  readonly gflops: number;
}

const [ROWS, HIDDEN, INNER] = [768, 256, 512];
const TEST_MILLISECONDS = 2000;

/** Tries one engine, and with `bench` measures it for about two seconds. */
export async function tryEngine(
  name: EngineName,
  { threads, bench }: { threads?: number; bench?: boolean } = {},
): Promise<EngineReport> {
  try {
    const engine = await openEngine(name, { threads });
    const report = { name, usable: true, description: engine.description, processor: processor() };
    return bench ? { ...report, speed: await measure(engine) } : report;
  } catch (error) {
    const { cause, next } = error as UserError;
    return { name, usable: false, description: (cause as Error).message.split('\n')[0], remedy: next };
  }
}

/** What `auto` takes of those that were tried. */
export function preferred(reports: readonly EngineReport[]): EngineName | undefined {
  return PREFERENCE.find((name) => reports.some((report) => report.name === name && report.usable));
}

function processor(): string {
  return `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${usableCores()} cores`;
}

async function measure(engine: Engine): Promise<Speed> {
  const block = engine.compile(differentiate(feedForward, 'loss', ['inner', 'outer', 'x']), SIGNATURE);
  const inputs = Object.fromEntries(Object.entries(SIGNATURE).map(([name, { shape }]) => [name, sines(shape)]));
  const times = await timesOf(block, inputs).finally(() => block.dispose());
  const stepMilliseconds = times.sort((a, b) => a - b)[times.length >> 1];
  // Two products of 2·N·D·F operations, each with two more for its gradients.
  return { stepMilliseconds, gflops: (6 * 2 * ROWS * HIDDEN * INNER) / stepMilliseconds / 1e6 };
}

async function timesOf(block: Compiled, inputs: Record<string, HostTensor>): Promise<number[]> {
  await block.run(inputs); // compiles
  const times: number[] = [];
  const end = performance.now() + TEST_MILLISECONDS;
  while (times.length === 0 || performance.now() < end) {
    const started = performance.now();
    await block.run(inputs);
    times.push(performance.now() - started);
  }
  return times;
}

const feedForward: TensorFunction = ({ x, gain, bias, inner, outer }) => {
  const normal = layerNormalization(x as Tensor2D, gain as Tensor1D, bias as Tensor1D);
  const y = tf.matMul(gelu(tf.matMul(normal, inner as Tensor2D)) as Tensor2D, outer as Tensor2D);
  return { loss: tf.mean(tf.square(y)) };
};

const float = (...shape: number[]) => ({ shape, dtype: 'float32' }) as const;
const SIGNATURE = {
  x: float(ROWS, HIDDEN),
  gain: float(HIDDEN),
  bias: float(HIDDEN),
  inner: float(HIDDEN, INNER),
  outer: float(INNER, HIDDEN),
} satisfies Signature;

/** Numbers that are neither equal nor tiny. */
function sines(shape: readonly number[]): HostTensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return { data: Float32Array.from({ length }, (_, i) => Math.sin(i) / 16), shape };
}
