import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Vocabulary } from '../../src/data/vocabulary.js';
import { differentiate, gradientOf } from '../../src/engine/differentiate.js';
import type { Engine } from '../../src/engine/engine.js';
import { openEngine } from '../../src/engine/open.js';
import { DropoutPool } from '../../src/model/noise.js';
import { allRows, cutIntoRows } from '../../src/model/rows.js';
import { signatureOf } from '../../src/model/signature.js';
import { newTrainingState } from '../../src/model/trainer.js';
import { Random } from '../../src/random.js';
import { CONTEXT, scores, sequences, TINY_MODELS, train } from './tiny.js';

describe.each(Object.entries(TINY_MODELS))('%s', (_, make) => {
  const model = make();
  const S = Vocabulary.SPECIALS;
  let onnx: Engine;
  let eager: Engine[];
  beforeAll(async () => {
    onnx = await openEngine('onnx', { threads: 1 });
    eager = [await openEngine('cpu'), await openEngine('wasm')];
  });

  it('has the same losses and gradients on every engine, dropout included', async () => {
    const { adam, state } = newTrainingState(model, 1);
    for (const { data } of Object.values(state)) data.fill(0.3);
    const signature = { ...signatureOf(adam.tensors), ...signatureOf(state), ...model.lossInputs };
    const step = differentiate(model.loss, 'loss', adam.names);
    const rows = allRows(cutIntoRows(sequences(5), model.cut)).slice(0, 5);
    const batch = model.trainingBatch(rows, 6, 14, new Random(2));
    const noise = new DropoutPool(4);
    const run = (engine: Engine) =>
      engine.compile(step, signature, { train: true }).run({ ...adam.tensors, ...state, ...batch }, noise.at(1));
    const expected = await run(eager[0]);
    for (const actual of [await run(onnx), await run(eager[1])]) {
      expect(Math.abs(actual.loss.data[0] / expected.loss.data[0] - 1)).toBeLessThan(1e-5);
      const largest = Math.max(...adam.names.flatMap((name) => Array.from(expected[gradientOf(name)].data, Math.abs)));
      for (const name of adam.names) {
        const other = expected[gradientOf(name)].data;
        actual[gradientOf(name)].data.forEach((g, i) => {
          expect(Math.abs(g - other[i]) / largest, name).toBeLessThan(1e-4);
        });
      }
    }
  });

  it('has the same losses along 50 steps on every engine', async () => {
    // Windows are many: 70 of them make nine steps an epoch.
    const few = (engine: Engine) => train(model, engine, 7, newTrainingState(model, 3), 70);
    const native = await few(onnx);
    expect(native.step).toBeGreaterThanOrEqual(50);
    for (const engine of eager) {
      const plain = await few(engine);
      native.epochs.forEach(({ trainLoss, validationLoss }, i) => {
        expect(Math.abs(trainLoss / plain.epochs[i].trainLoss - 1)).toBeLessThan(1e-3);
        expect(Math.abs(validationLoss! / plain.epochs[i].validationLoss! - 1)).toBeLessThan(1e-3);
      });
    }
  });

  it('gives the same result when it is trained again, and when it is resumed', async () => {
    const whole = await train(model, onnx, 4);
    const resumed = await train(model, onnx, 4, await train(model, onnx, 2));
    expect(resumed.adam.parameters).toEqual(whole.adam.parameters);
    expect(resumed.epochs.map(({ validationLoss }) => validationLoss)).toEqual(
      whole.epochs.map(({ validationLoss }) => validationLoss),
    );
  });

  it('scores a session the same alone and in any company', async () => {
    const state = newTrainingState(model, 5);
    const events = fc.array(fc.integer({ min: S, max: CONTEXT.vocabularySize - 1 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.array(events, { minLength: 2, maxLength: 6 }), async (given) => {
        const all = given.map((session) => Int32Array.from(session));
        const together = await scores(model, onnx, state, all);
        for (const [i, session] of all.entries()) {
          const [alone] = await scores(model, onnx, state, [session]);
          for (const [name, score] of Object.entries(alone)) expect(together[i][name]).toBeCloseTo(score, 3);
        }
      }),
      { numRuns: 4, seed: 1 },
    );
  });

  it('learns, and finds an event out of its place and an unseen one more surprising', async () => {
    const state = await train(model, onnx, 30);
    expect(state.best.loss).toBeLessThan(state.epochs[0].validationLoss!);
    const [normal, swapped, unseen] = await scores(model, onnx, state, [
      Int32Array.of(S, S + 1, S + 1, S + 1, S + 2),
      Int32Array.of(S, S + 1, S + 2, S + 1, S + 1),
      Int32Array.of(S, S + 1, Vocabulary.UNK, S + 1, S + 2),
    ]);
    expect(swapped.peak).toBeGreaterThan(normal.peak + 1);
    expect(unseen.peak).toBeGreaterThan(normal.peak + 1);
    expect(unseen.misses).toBeGreaterThan(normal.misses);
  });
});
