import { execFileSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { Engine, HostTensors, TensorFunction } from '../../src/engine/engine.js';
import { openEngine } from '../../src/engine/open.js';
import { Adam, learningRate } from '../../src/model/adam.js';
import { signatureOf } from '../../src/model/signature.js';
import { difference, RandomTensors } from '../engine/random.js';

describe('Adam', () => {
  it.each(['onnx', 'wasm', 'cpu'] as const)(
    'is what the formula gives on %s, decay and warm-up included',
    async (name) => {
      const r = new RandomTensors(3);
      const start = { a: r.float([3, 5]), b: r.float([7]) };
      const adam = new Adam(start);
      const engine = await openEngine(name, { threads: 1 });
      const zeros = Object.fromEntries(
        Object.entries(start).map(([key, x]) => [key, { ...x, data: x.data.map(() => 0) }]),
      );
      let expected: Moments = { p: start, m: zeros, v: zeros };
      for (let step = 1; step <= 20; step++) {
        const gradients: HostTensors = { a: r.float([3, 5]), b: r.float([7], 100) };
        const [rate, decay] = [learningRate(step, 0.01, 5), step > 10 ? 0.1 : 0];
        adam.step((key) => gradients[key], rate, step, decay);
        expected = await formula(engine, expected, gradients, { rate, step, decay });
      }
      for (const key of ['a', 'b'] as const) expect(difference(adam.tensors[key], expected.p[key])).toBeLessThan(1e-6);
    },
  );

  it('is the kernel that adam.wat compiles to', () => {
    execFileSync(process.execPath, ['tools/compile-wat.mjs', '--check']);
  });

  it('warms up to its peak and falls as the root of the step', () => {
    expect(learningRate(50, 1, 100)).toBeCloseTo(0.5);
    expect(learningRate(100, 1, 100)).toBe(1);
    expect(learningRate(400, 1, 100)).toBeCloseTo(0.5);
  });
});

type Moments = Record<'p' | 'm' | 'v', HostTensors>;

/** Kingma and Ba, 2015, algorithm 1; the decay of Loshchilov and Hutter, 2019, algorithm 2. */
const update: TensorFunction = ({ p, m, v, g, scale, correction, keep }) => {
  const first = tf.add(tf.mul(m, 0.9), tf.mul(g, 0.1));
  const second = tf.add(tf.mul(v, 0.999), tf.mul(tf.square(g), 0.001));
  const root = tf.add(tf.sqrt(tf.mul(second, correction)), 1e-8);
  return { p1: tf.sub(tf.mul(p, keep), tf.div(tf.mul(first, scale), root)), m1: first, v1: second };
};

async function formula(
  engine: Engine,
  { p, m, v }: Moments,
  gradients: HostTensors,
  { rate, step, decay }: { rate: number; step: number; decay: number },
): Promise<Moments> {
  const number = (value: number) => ({ data: Float32Array.of(value), shape: [] });
  const numbers = {
    scale: number(rate / (1 - 0.9 ** step)),
    correction: number(1 / (1 - 0.999 ** step)),
    keep: number(1 - rate * decay),
  };
  const next: Moments = { p: {}, m: {}, v: {} };
  for (const [key, g] of Object.entries(gradients)) {
    const inputs = { p: p[key], m: m[key], v: v[key], g, ...numbers };
    const outputs = await engine.compile(update, signatureOf(inputs)).run(inputs);
    for (const part of ['p', 'm', 'v'] as const) next[part][key] = outputs[`${part}1`];
  }
  return next;
}
