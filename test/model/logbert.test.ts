import { beforeAll, describe, expect, it } from 'vitest';
import { Vocabulary } from '../../src/data/vocabulary.js';
import type { Engine } from '../../src/engine/engine.js';
import { fixInputs } from '../../src/engine/graph.js';
import { lowerToOnnx } from '../../src/engine/onnx/lower.js';
import { openEngine } from '../../src/engine/open.js';
import { optimize } from '../../src/engine/passes/index.js';
import { trace } from '../../src/engine/trace.js';
import { logbertSettings } from '../../src/model/logbert/settings.js';
import { Scorer } from '../../src/model/scorer.js';
import { signatureOf } from '../../src/model/signature.js';
import { newTrainingState } from '../../src/model/trainer.js';
import { silent } from '../../src/progress.js';
import { scores, sequences, tinyLogbert, train } from './tiny.js';

describe('LogBERT', () => {
  let onnx: Engine;
  let eager: Engine[];
  beforeAll(async () => {
    onnx = await openEngine('onnx', { threads: 1 });
    eager = [await openEngine('cpu'), await openEngine('wasm')];
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

  it('scores every session: one event, and more than the model takes at once', async () => {
    const model = tinyLogbert({ maxLength: 20 });
    const state = newTrainingState(model, 5);
    const long = new Int32Array(50).fill(Vocabulary.SPECIALS);
    const found = await scores(model, onnx, state, [Int32Array.of(Vocabulary.SPECIALS), long]);
    for (const score of found.flatMap(Object.values)) expect(score).toBeGreaterThanOrEqual(0);
    expect(found[1].peak).toBeGreaterThan(0);
  });

  it('tells a bag of events the same in any order where it has no positions', async () => {
    const state = newTrainingState(tinyLogbert(), 5);
    const given = [5, 6, 7, 6, 8, 5].map((key) => key + Vocabulary.SPECIALS - 5);
    const orders = [given, given.toReversed()].map((keys) => Int32Array.from(keys));
    const peaks = async (positions: boolean) => {
      const found = await scores(tinyLogbert({ positions, ends: 1, leaveOneOut: true }), onnx, state, orders);
      return found.map(({ peak }) => peak);
    };
    const [bag, same] = await peaks(false);
    expect(same).toBe(bag);
    const [forth, back] = await peaks(true);
    expect(Math.abs(back - forth)).toBeGreaterThan(1e-3);
  });

  it('scores a bag once, and tells of each event in its place', async () => {
    const model = tinyLogbert({ positions: false, ends: 1, leaveOneOut: true });
    const { adam, state } = newTrainingState(model, 5);
    const trained = { parameters: adam.tensors, state };
    const scorer = new Scorer(model, onnx, trained);
    const plain = new Scorer({ ...model, unordered: false }, onnx, trained);
    const S = Vocabulary.SPECIALS;
    const given = [Int32Array.of(S + 3, S, S + 1, S, S + 2), Int32Array.of(S, S + 3, S + 2, S, S + 1)];
    const [found, expected] = [await scorer.score(given, silent), await plain.score(given, silent)];
    found.forEach((tally, i) => {
      expect(tally.expected).toEqual(expected[i].expected);
      expect(tally.masked).toEqual(expected[i].masked);
      tally.surprise.forEach((surprise, at) => {
        expect(surprise).toBeCloseTo(expected[i].surprise[at], 4);
      });
    });
    const keys = [S, S + 1, Vocabulary.END];
    const [inBags, inPlace] = [await scorer.surprises(given[0], keys), await plain.surprises(given[0], keys)];
    inBags.forEach((surprises, k) => {
      surprises.forEach((surprise, at) => {
        expect(surprise).toBeCloseTo(inPlace[k][at], 4);
      });
    });
    await scorer.dispose();
    await plain.dispose();
  });

  it('learns the hypersphere alone where the masked keys weigh nothing', async () => {
    const state = await train(tinyLogbert({ keyLoss: 0 }), onnx, 10);
    const losses = state.epochs.map(({ validationLoss }) => validationLoss!);
    expect(losses.at(-1)).toBeLessThan(losses[0] / 2);
    const untouched = newTrainingState(tinyLogbert({ keyLoss: 0 }), 3).adam.tensors['keys/weight'].data;
    expect(state.adam.tensors['keys/weight'].data).toEqual(untouched);
    expect(logbertSettings.safeParse({ keyLoss: 0, hypersphere: 0 }).success).toBe(false);
  });

  it('is as uncertain as a fair draw of the keys at most', async () => {
    const model = tinyLogbert();
    const [{ entropy }] = await scores(model, onnx, newTrainingState(model, 5), sequences(1));
    expect(entropy).toBeGreaterThan(0);
    expect(entropy).toBeLessThanOrEqual(Math.log(Vocabulary.SPECIALS + 6) + 1e-5);
  });

  it('leaves out each event once, and its end, whatever the company', async () => {
    const model = tinyLogbert({ ends: 2, leaveOneOut: true });
    const { adam, state } = newTrainingState(model, 5);
    const scorer = new Scorer(model, onnx, { parameters: adam.tensors, state });
    const given = [3, 7, 10].map((length) => Int32Array.from({ length }, (_, i) => Vocabulary.SPECIALS + (i % 4)));
    const together = await scorer.score(given, silent);
    for (const [i, sequence] of given.entries()) {
      expect([...together[i].masked]).toEqual(Array(sequence.length + 1).fill(1));
      const [alone] = await scorer.score([sequence], silent);
      const scores = model.summarize(together[i]);
      for (const [name, score] of Object.entries(model.summarize(alone))) expect(scores[name]).toBeCloseTo(score, 4);
    }
    await scorer.dispose();
  });
});
