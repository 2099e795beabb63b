import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { HostTensor, HostTensors, TensorFunction } from '../../src/engine/engine.js';
import { openEngine } from '../../src/engine/open.js';
import { Adam, adamStep, learningRate, type Moving, stepNumbers } from '../../src/model/adam.js';
import { signatureOf } from '../../src/model/signature.js';
import { difference, RandomTensors } from '../engine/random.js';

describe('Adam', () => {
  it.each(['onnx', 'wasm', 'cpu'] as const)(
    'is the same as a kernel in place and as a function on %s: what the paper says, decay and warm-up included',
    async (name) => {
      const r = new RandomTensors(3);
      const start = { a: r.float([3, 5]), b: r.float([7]) };
      const adam = new Adam(start);
      const step = await onEngine(name);
      let moved = Object.entries(start).map(([key, parameter]) => ({ key, ...beginning(parameter) }));
      const exact = moved.map(({ parameter }) => Array.from(parameter.data, (p) => ({ p, m: 0, v: 0 })));
      for (let at = 1; at <= 40; at++) {
        const gradients: HostTensors = { a: r.float([3, 5]), b: r.float([7], 100) };
        const [rate, decay] = [learningRate(at, 0.01, 5), at > 10 ? 0.1 : 0];
        adam.step((key) => gradients[key], rate, at, decay);
        moved = await Promise.all(
          moved.map(async ({ key, ...of }) => ({ key, ...(await step(of, gradients[key], [rate, at, decay])) })),
        );
        moved.forEach(({ key }, i) => {
          for (const [j, one] of exact[i].entries()) paper(one, gradients[key].data[j], rate, at, decay);
        });
      }
      moved.forEach(({ key, parameter, first, second }, i) => {
        expect(difference(parameter, adam.tensors[key])).toBeLessThan(1e-6);
        const { shape } = parameter;
        expect(difference(parameter, { data: Float32Array.from(exact[i], ({ p }) => p), shape })).toBeLessThan(1e-6);
        expect(difference(first, { data: Float32Array.from(exact[i], ({ m }) => m), shape })).toBeLessThan(1e-6);
        expect(difference(second, { data: Float32Array.from(exact[i], ({ v }) => v), shape })).toBeLessThan(1e-6);
      });
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

function beginning(parameter: HostTensor): Moving<HostTensor> {
  const zeros = { ...parameter, data: parameter.data.map(() => 0) };
  return { parameter, first: zeros, second: zeros };
}

/** `adamStep` as a function of host tensors. */
async function onEngine(name: 'onnx' | 'wasm' | 'cpu') {
  const engine = await openEngine(name, { threads: 1 });
  const update: TensorFunction = ({ gradient, scale, correction, keep, parameter, first, second }) => {
    const after = adamStep({ parameter, first, second }, gradient, { scale, correction, keep });
    return { p: after.parameter, m: after.first, v: after.second };
  };
  return async (of: Moving<HostTensor>, gradient: HostTensor, at: Parameters<typeof stepNumbers>) => {
    const numbers = Object.entries(stepNumbers(...at)).map(([key, x]) => [
      key,
      { data: Float32Array.of(x), shape: [] },
    ]);
    const inputs: HostTensors = { ...of, gradient, ...Object.fromEntries(numbers) };
    const compiled = engine.compile(update, signatureOf(inputs));
    const { p, m, v } = await compiled.run(inputs);
    await compiled.dispose();
    return { parameter: p, first: m, second: v };
  };
}

/** Kingma and Ba, 2015, algorithm 1, with the decay of Loshchilov and Hutter, 2019, algorithm 2, line by line. */
function paper(one: { p: number; m: number; v: number }, g: number, rate: number, t: number, decay: number): void {
  one.m = 0.9 * one.m + 0.1 * g;
  one.v = 0.999 * one.v + 0.001 * g * g;
  const [mHat, vHat] = [one.m / (1 - 0.9 ** t), one.v / (1 - 0.999 ** t)];
  one.p -= (rate * mHat) / (Math.sqrt(vHat) + 1e-8) + rate * decay * one.p;
}
