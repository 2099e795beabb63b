import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Vocabulary } from '../../../src/data/vocabulary.js';
import { differentiate, gradientOf } from '../../../src/engine/differentiate.js';
import type { Engine } from '../../../src/engine/engine.js';
import { openEngine } from '../../../src/engine/open.js';
import { allRows, cutIntoRows } from '../../../src/model/rows.js';
import { signatureOf } from '../../../src/model/signature.js';
import { newTrainingState, Trainer } from '../../../src/model/trainer.js';
import { Errors } from '../../../src/model/values/errors.js';
import { valuedSequence, valueNetwork } from '../../../src/model/values/valueNetwork.js';
import { silent } from '../../../src/progress.js';
import { Random } from '../../../src/random.js';

const SHAPE = { window: 4, embedding: 6, hidden: 8, layers: 2 };
const [S, V, P] = [Vocabulary.SPECIALS, Vocabulary.SPECIALS + 3, 2];
const network = valueNetwork(SHAPE, V, P);
const SETTINGS = { epochs: 30, patience: 30, batch: 16, learningRate: 0.01, weightDecay: 0, warmup: 10, seed: 3 };

/** Sessions of three events: the last has the second value of the first, the one between has none. */
function sequences(count: number, seed = 1): Int32Array[] {
  const random = new Random('values', seed);
  return Array.from({ length: count }, () => {
    const size = random.normal();
    const vectors = Float32Array.of(Number.NaN, size, Number.NaN, Number.NaN, 0.1 * random.normal(), size);
    return valuedSequence(Int32Array.of(S, S + 1, S + 2), vectors);
  });
}

describe('the network of values', () => {
  let engines: Engine[];
  beforeAll(async () => {
    engines = [await openEngine('cpu'), await openEngine('onnx', { threads: 1 }), await openEngine('wasm')];
  });

  it('has a window for each event with a quantity', () => {
    const { distinct } = cutIntoRows(sequences(1), network.cut);
    expect(distinct.map((row) => row[SHAPE.window * (1 + P)])).toEqual([S, S + 2]);
    expect(distinct.every(({ length }) => length === (SHAPE.window + 1) * (1 + P))).toBe(true);
  });

  it('has the same losses and gradients on every engine', async () => {
    const { adam } = newTrainingState(network, 1);
    const step = differentiate(network.loss, 'loss', adam.names);
    const signature = { ...signatureOf(adam.tensors), ...network.lossInputs };
    const batch = network.trainingBatch(allRows(cutIntoRows(sequences(5), network.cut)), 12, 5, new Random(1));
    const run = (engine: Engine) => engine.compile(step, signature, { train: true }).run({ ...adam.tensors, ...batch });
    const expected = await run(engines[0]);
    const largest = Math.max(...adam.names.flatMap((name) => Array.from(expected[gradientOf(name)].data, Math.abs)));
    for (const actual of [await run(engines[1]), await run(engines[2])]) {
      expect(actual.loss.data[0]).toBeCloseTo(expected.loss.data[0], 5);
      for (const name of adam.names) {
        actual[gradientOf(name)].data.forEach((g, i) => {
          expect(Math.abs(g - expected[gradientOf(name)].data[i]) / largest, name).toBeLessThan(1e-4);
        });
      }
    }
  });

  it('predicts the same in any company, and whatever stands beyond the window', async () => {
    const { adam } = newTrainingState(network, 2);
    const signature = { ...signatureOf(adam.tensors), ...network.scoreInputs };
    const compiled = engines[1].compile(network.score, signature, { fixed: adam.tensors });
    const predict = async (rows: Int32Array[], B: number) => {
      const { predicted } = await compiled.run(network.scoringBatch(rows, B));
      return rows.map((_, b) => [...predicted.data.subarray(b * P, (b + 1) * P)]);
    };
    const value = fc.option(fc.double({ min: -40, max: 40, noNaN: true }), { nil: Number.NaN });
    const event = fc.tuple(fc.integer({ min: S, max: V - 1 }), value, value);
    const session = fc.array(event, { minLength: 1, maxLength: 12 });
    const rowsOf = (events: [number, number, number][]) => {
      const vectors = Float32Array.from(events.flatMap(([, a, b]) => [a, b]));
      return [
        ...network.cut(
          valuedSequence(
            Int32Array.from(events, ([key]) => key),
            vectors,
          ),
        ),
      ];
    };
    await fc.assert(
      fc.asyncProperty(fc.array(session, { minLength: 2, maxLength: 5 }), fc.nat(9), async (sessions, padding) => {
        const rows = sessions.flatMap(rowsOf);
        const together = await predict(rows, rows.length + padding);
        for (const [i, row] of rows.entries()) {
          const [alone] = await predict([row], 1);
          alone.forEach((x, p) => {
            expect(together[i][p]).toBeCloseTo(x, 4);
          });
        }
        // What lies more than a window back doesn't count.
        const tail = sessions[0].slice(-SHAPE.window - 1);
        if (tail.length <= SHAPE.window) return;
        expect(rowsOf(tail).at(-1)).toEqual(rowsOf(sessions[0]).at(-1));
      }),
      { numRuns: 8, seed: 1 },
    );
    await compiled.dispose();
  });

  it('learns that a value comes again, the same each time it is trained', async () => {
    const trained = async () => {
      const state = newTrainingState(network, 3);
      const rows = (seed: number) => allRows(cutIntoRows(sequences(120, seed), network.cut));
      const trainer = new Trainer(network, engines[1], { train: rows(1), validation: rows(2) }, SETTINGS, state);
      while (!trainer.finished) await trainer.epoch(silent);
      await trainer.dispose();
      return state;
    };
    const [first, again] = [await trained(), await trained()];
    expect(again.adam.parameters).toEqual(first.adam.parameters);
    // The size of a first event can't be known: its error is 1. That of the last can, and its pause is .01 off.
    expect(first.best.loss).toBeLessThan(0.65);
  });
});

describe('errors', () => {
  const off = (key: number, error: number) => [key, Float32Array.of(error, Number.NaN), Float32Array.of(0, 0)] as const;

  it('are judged by their quantity, and by all of them where it has few', () => {
    const events = Array.from({ length: 100 }, (_, i) => off(i < 95 ? S : S + 1, i % 2 === 0 ? 1 : 3));
    const errors = Errors.from(Errors.fit(events, V, P).tensors())!;
    const far = (key: number, error: number) => errors.deviations(key, off(key, error)[1], off(key, error)[2]);
    expect(far(S, 5)[0]).toBeCloseTo(3, 1);
    expect(far(S + 1, 5)[0]).toBeCloseTo(3, 1);
    expect(far(S, -1)[0]).toBeCloseTo(-3, 1);
    expect(far(S, 2)[1]).toBeNaN();
    expect(Errors.from({})).toBeUndefined();
  });

  it('have a least deviation, so that no rounding is an alarm', () => {
    const errors = Errors.fit(
      Array.from({ length: 50 }, () => off(S, 1e-6)),
      V,
      P,
    );
    expect(errors.deviations(S, Float32Array.of(0.01, 0), Float32Array.of(0, 0))[0]).toBeLessThan(0.5);
  });
});
