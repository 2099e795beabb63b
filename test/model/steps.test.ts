import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { EagerEngine } from '../../src/engine/eagerEngine.js';
import { EagerKept } from '../../src/engine/eagerTensors.js';
import { type Engine, type HostTensors, type Kept, nextOf } from '../../src/engine/engine.js';
import { GuardedEngine } from '../../src/engine/guardedEngine.js';
import { openEngine } from '../../src/engine/open.js';
import { onBackend } from '../../src/engine/trace.js';
import { learningRate } from '../../src/model/adam.js';
import { DropoutPool } from '../../src/model/noise.js';
import { openSteps } from '../../src/model/steps.js';
import { newTrainingState, type TrainingState } from '../../src/model/trainer.js';
import { Random } from '../../src/random.js';
import { sequences, tinyLogbert, train } from './tiny.js';

const NOISE = new DropoutPool(1);
const model = tinyLogbert({ layers: 1 });

describe('training with the parameters in a device’s memory', () => {
  it.each(['onnx', 'cpu'] as const)(
    'is that with the parameters in the host’s on %s, weight decay and warm-up included',
    async (name) => {
      const engine = await openEngine(name, { threads: 1 });
      const [host, device] = [await after20Steps(engine), await after20Steps(withMemory(engine).engine)];
      expect(device.losses).toHaveLength(20);
      device.losses.forEach((loss, i) => void expect(loss).toBeCloseTo(host.losses[i], 6));
      for (const part of ['parameters', 'first', 'second'] as const) {
        device.adam[part].forEach((x, i) => void expect(Math.abs(x - host.adam[part][i])).toBeLessThan(1e-6));
      }
    },
  );

  it('is that with the parameters in the memory of a back end of TensorFlow.js', async () => {
    const name = 'wasm';
    const engine = await EagerEngine.open(name);
    const count = () => onBackend(name, () => [tf.memory().numTensors, tf.backend().numDataIds()]);
    const before = count();
    const keeping = Object.assign(await EagerEngine.open(name), {
      keep: async (tensors: HostTensors) => new EagerKept(engine.backend, tensors),
    });
    const [host, device] = [await after20Steps(engine), await after20Steps(keeping)];
    expectSame(device, host);
    expect(count()).toEqual(before);
  });

  it('leaves nothing in its memory', async () => {
    const { engine, open } = withMemory(await openEngine('onnx', { threads: 1 }));
    await train(model, engine, 1);
    expect(open()).toBe(0);
  });
});

describe('a device that vanishes in the middle of an epoch', () => {
  let cpu: Engine;
  let whole: TrainingState;
  beforeAll(async () => {
    cpu = await openEngine('onnx', { threads: 1 });
    whole = await train(model, withMemory(cpu).engine, 3);
  });

  it('is replaced by the CPU, which begins that epoch anew from the parameters of the one before', async () => {
    const notes: string[] = [];
    const { engine: lost, open } = withMemory(cpu, 20); // in the second epoch
    const guard = {
      onFailure: 'cpu',
      openCpu: async () => cpu,
      note: (line: string) => void notes.push(line),
    } as const;
    const state = await train(model, new GuardedEngine(lost, guard), 3);
    expect(open()).toBe(0);
    expect(notes).toEqual(['The engine webgpu failed: Device lost The rest is computed on the CPU.']);
    expect(state.step).toBe(whole.step);
    state.epochs.forEach(({ trainLoss, validationLoss }, i) => {
      expect(trainLoss).toBeCloseTo(whole.epochs[i].trainLoss, 4);
      expect(validationLoss).toBeCloseTo(whole.epochs[i].validationLoss!, 4);
    });
  });

  it('stops the training, whose state is that at the end of the epoch before', async () => {
    const first = await train(model, withMemory(cpu).engine, 1);
    const state = newTrainingState(model, 3);
    const lost = new GuardedEngine(withMemory(cpu, 20).engine, { onFailure: 'stop', openCpu: async () => cpu });
    await expect(train(model, lost, 3, state)).rejects.toThrow('The engine webgpu failed: Device lost');
    expect(state.epochs).toHaveLength(1);
    expect(state.adam.parameters).toEqual(first.adam.parameters);
    expect(state.best.parameters).toEqual(first.best.parameters);
  });
});

function expectSame(device: Trained, host: Trained): void {
  expect(device.losses).toHaveLength(20);
  device.losses.forEach((loss, i) => void expect(loss).toBeCloseTo(host.losses[i], 6));
  for (const part of ['parameters', 'first', 'second'] as const) {
    device.adam[part].forEach((x, i) => void expect(Math.abs(x - host.adam[part][i])).toBeLessThan(1e-6));
  }
}

type Trained = Awaited<ReturnType<typeof after20Steps>>;

async function after20Steps(engine: Engine) {
  const { adam, state } = newTrainingState(model, 5);
  const steps = await openSteps(model, engine, adam);
  const given = sequences(30);
  const losses: number[] = [];
  for (let step = 1; step <= 20; step++) {
    const rows = given.slice(step % 20, (step % 20) + 4);
    const batch = model.trainingBatch(rows, 4, 12, new Random('batch', step));
    const at = { step, rate: learningRate(step, 0.003, 10), decay: 0.05, noise: NOISE.at(step) };
    losses.push((await steps.train({ ...state, ...batch }, at)).loss.data[0]);
  }
  await steps.settle();
  await steps.dispose();
  return { adam, losses };
}

/**
 * The engine with a memory of its own beside the host's, as a GPU has it.
 * @param calls after so many it is lost with what it keeps
 */
function withMemory(engine: Engine, calls = Number.POSITIVE_INFINITY) {
  const memories = new Map<Kept, HostTensors>();
  const device: Engine = {
    name: 'webgpu',
    description: 'a GPU',
    keep: async (tensors) => {
      const kept: Kept = {
        read: async () => structuredClone(memories.get(kept)!),
        dispose: async () => {
          memories.delete(kept);
          if (calls < 0) throw new Error('No device to free memory of');
        },
      };
      memories.set(kept, structuredClone(tensors));
      return kept;
    },
    compile: (fn, signature, { kept, ...options } = {}) => {
      const compiled = engine.compile(fn, signature, options);
      if (!kept) return compiled;
      const run: typeof compiled.run = async (inputs, noise) => {
        if (--calls < 0) throw new Error('Device lost\nat some place in the driver');
        const memory = memories.get(kept)!;
        const read = Object.entries(memory).filter(([name]) => signature[name]);
        const outputs = await compiled.run({ ...Object.fromEntries(read), ...inputs }, noise);
        for (const name of Object.keys(memory)) memory[name] = outputs[nextOf(name)] ?? memory[name];
        return Object.fromEntries(Object.entries(outputs).filter(([name]) => !name.startsWith(nextOf(''))));
      };
      return { run, dispose: () => compiled.dispose() };
    },
  };
  return { engine: device, open: () => memories.size };
}
