import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { Engine, Signature, TensorFunction } from '../../src/engine/engine.js';
import { type Guard, GuardedEngine } from '../../src/engine/guardedEngine.js';
import { openEngine } from '../../src/engine/open.js';
import { UserError } from '../../src/error.js';

const signature: Signature = { x: { shape: ['B'], dtype: 'float32' } };
const double: TensorFunction = ({ x }) => ({ y: tf.add(x, x) });
const input = (x: number) => ({ x: { data: Float32Array.of(x), shape: [1] } });

/** An engine that is lost at its second call. */
async function vanishing(): Promise<Engine> {
  const cpu = await openEngine('cpu');
  let calls = 0;
  return {
    name: 'webgpu',
    description: 'a GPU',
    compile: (fn, given, options) => {
      const compiled = cpu.compile(fn, given, options);
      const run = async (...args: Parameters<typeof compiled.run>) => {
        if (++calls > 1) throw new Error('Device lost\nat some place in the driver');
        return compiled.run(...args);
      };
      return { ...compiled, run };
    },
  };
}

async function guarded(onFailure: Guard['onFailure'], notes: string[] = []) {
  const note = (line: string) => void notes.push(line);
  return new GuardedEngine(await vanishing(), { onFailure, note, openCpu: () => openEngine('cpu') });
}

describe('an engine that vanishes', () => {
  it('ends the program with one clear line', async () => {
    const fn = (await guarded('stop')).compile(double, signature);
    expect((await fn.run(input(1))).y.data[0]).toBe(2);
    const refused = expect(fn.run(input(2))).rejects;
    await refused.toBeInstanceOf(UserError);
    await refused.toThrow(/^The engine webgpu failed: Device lost$/);
  });

  it('is replaced by the CPU from the failed call on, for every function', async () => {
    const notes: string[] = [];
    const engine = await guarded('cpu', notes);
    const [first, second] = [engine.compile(double, signature), engine.compile(double, signature)];
    for (const x of [1, 2, 3]) expect((await first.run(input(x))).y.data[0]).toBe(2 * x);
    expect((await second.run(input(4))).y.data[0]).toBe(8);
    expect(notes).toEqual(['The engine webgpu failed: Device lost The rest is computed on the CPU.']);
    expect(engine.description).toMatch(/^a GPU; after its failure TensorFlow\.js/);
    await Promise.all([first.dispose(), second.dispose()]);
  });
});
