import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Vocabulary } from '../../src/data/vocabulary.js';
import { differentiate, gradientOf } from '../../src/engine/differentiate.js';
import type { Engine } from '../../src/engine/engine.js';
import { fixInputs } from '../../src/engine/graph.js';
import { lowerToOnnx } from '../../src/engine/onnx/lower.js';
import { openEngine } from '../../src/engine/open.js';
import { optimize } from '../../src/engine/passes/index.js';
import { trace } from '../../src/engine/trace.js';
import type { SequenceModel } from '../../src/model/model.js';
import { DropoutPool } from '../../src/model/noise.js';
import { Scorer } from '../../src/model/scorer.js';
import { signatureOf } from '../../src/model/signature.js';
import { newTrainingState, Trainer, type TrainingState } from '../../src/model/trainer.js';
import { silent } from '../../src/progress.js';
import { Random } from '../../src/random.js';
import { CONTEXT, sequences, tinyLogbert } from './tiny.js';

const SETTINGS = { epochs: 4, patience: 10, batch: 8, learningRate: 0.01, warmup: 10, seed: 3 };

async function train(
  model: SequenceModel,
  engine: Engine,
  epochs = 4,
  state = newTrainingState(model, SETTINGS.seed),
): Promise<TrainingState> {
  const data = { train: sequences(60), validation: sequences(20, 2) };
  const trainer = new Trainer(model, engine, data, { ...SETTINGS, epochs }, state);
  while (!trainer.finished) await trainer.epoch(silent);
  await trainer.dispose();
  return state;
}

async function scores(model: SequenceModel, engine: Engine, state: TrainingState, given: Int32Array[]) {
  const scorer = new Scorer(model, engine, { parameters: state.adam.tensors, state: state.state });
  const tallies = await scorer.score(given, silent);
  await scorer.dispose();
  return tallies.map(model.summarize);
}

describe('LogBERT', () => {
  let onnx: Engine;
  let eager: Engine[];
  beforeAll(async () => {
    onnx = await openEngine('onnx', { threads: 1 });
    eager = [await openEngine('cpu'), await openEngine('wasm')];
  });

  it.each([0, 3])('has the same losses and gradients on every engine, dropout included (ends %i)', async (ends) => {
    const model = tinyLogbert({ ends });
    const { adam, state } = newTrainingState(model, 1);
    state.centre.data.fill(0.3);
    const signature = { ...signatureOf(adam.tensors), ...signatureOf(state), ...model.lossInputs };
    const step = differentiate(model.loss, 'loss', adam.names);
    const batch = model.trainingBatch(sequences(5), 6, 14, new Random(2));
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

  it('has one recorded scoring graph that runs at any shape with free dimensions, in plain ONNX', async () => {
    const ort = await import('onnxruntime-node');
    const model = tinyLogbert({ ends: 2 });
    const { adam, state } = newTrainingState(model, 1);
    const fixed = { ...adam.tensors, ...state };
    const signature = { ...signatureOf(fixed), ...model.scoreInputs };
    const graph = optimize(fixInputs(trace(model.score, signature), fixed));
    const session = await ort.InferenceSession.create(lowerToOnnx(graph, { contrib: false }));
    const plain = eager[0].compile(model.score, signature, { fixed });
    for (const [B, T] of [
      [2, 9],
      [5, 14],
    ]) {
      const batch = model.scoringBatch(sequences(B, B), B, T, 0);
      const feeds = Object.entries(batch).map(([name, { data, shape }]) => [
        name,
        new ort.Tensor('int32', data as Int32Array, shape),
      ]);
      const actual = await session.run(Object.fromEntries(feeds));
      for (const [name, { data, shape }] of Object.entries(await plain.run(batch))) {
        expect(actual[name].dims, name).toEqual(shape);
        (actual[name].data as Float32Array).forEach((x, i) => {
          expect(Math.abs(x - data[i]), name).toBeLessThan(1e-4);
        });
      }
    }
  });

  it('keeps to the eager losses within 1e-4 along 32 training steps', async () => {
    const model = tinyLogbert({ ends: 2 });
    const [native, plain] = [await train(model, onnx), await train(model, eager[1])];
    expect(native.step).toBeGreaterThanOrEqual(20);
    native.epochs.forEach(({ trainLoss, validationLoss }, i) => {
      expect(Math.abs(trainLoss / plain.epochs[i].trainLoss - 1)).toBeLessThan(1e-4);
      expect(Math.abs(validationLoss! / plain.epochs[i].validationLoss! - 1)).toBeLessThan(1e-4);
    });
  });

  it('learns, and finds what breaks the grammar surprising', async () => {
    const model = tinyLogbert({ ends: 4, maskRatio: 0.3 });
    const state = await train(model, onnx, 60);
    expect(state.best.loss).toBeLessThan(state.epochs[0].validationLoss! / 2);
    const S = Vocabulary.SPECIALS;
    const [normal, swapped, unseen, cut] = await scores(model, onnx, state, [
      Int32Array.of(S, S + 1, S + 1, S + 1, S + 2),
      Int32Array.of(S, S + 1, S + 2, S + 1, S + 1),
      Int32Array.of(S, S + 1, Vocabulary.UNK, S + 1, S + 2),
      Int32Array.of(S, S + 1, S + 1, S + 1),
    ]);
    expect(swapped.peak).toBeGreaterThan(normal.peak + 1);
    expect(unseen.peak).toBeGreaterThan(normal.peak + 1);
    expect(cut.peak).toBeGreaterThan(normal.peak + 0.2);
    expect(unseen.misses).toBeGreaterThan(0);
  });

  it('gives the same result when it is resumed as with no pause', async () => {
    const model = tinyLogbert();
    const whole = await train(model, onnx, 4);
    const resumed = await train(model, onnx, 4, await train(model, onnx, 2));
    expect(resumed.adam.parameters).toEqual(whole.adam.parameters);
    expect(resumed.epochs.map(({ validationLoss }) => validationLoss)).toEqual(
      whole.epochs.map(({ validationLoss }) => validationLoss),
    );
  });

  it('scores a session the same alone and in any company', async () => {
    const model = tinyLogbert({ ends: 2 });
    const state = newTrainingState(model, 5);
    const events = fc.array(fc.integer({ min: Vocabulary.SPECIALS, max: CONTEXT.vocabularySize - 1 }), {
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(events, { minLength: 2, maxLength: 6 }), async (given) => {
        const all = given.map((session) => Int32Array.from(session));
        const together = await scores(model, onnx, state, all);
        for (const [i, session] of all.entries()) {
          const [alone] = await scores(model, onnx, state, [session]);
          for (const [name, score] of Object.entries(alone)) expect(together[i][name]).toBeCloseTo(score, 3);
        }
      }),
      { numRuns: 5, seed: 1 },
    );
  });

  it('scores every session: one event, and more than the model takes at once', async () => {
    const model = tinyLogbert({ maxLength: 20 });
    const state = newTrainingState(model, 5);
    const long = new Int32Array(50).fill(Vocabulary.SPECIALS);
    const found = await scores(model, onnx, state, [Int32Array.of(Vocabulary.SPECIALS), long]);
    for (const score of found.flatMap(Object.values)) expect(score).toBeGreaterThanOrEqual(0);
    expect(found[1].peak).toBeGreaterThan(0);
  });
});
