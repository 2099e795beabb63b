import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Vocabulary } from '../../src/data/vocabulary.js';
import { openEngine } from '../../src/engine/open.js';
import { newTally, type SequenceModel, type Tally } from '../../src/model/model.js';
import { Scorer } from '../../src/model/scorer.js';
import { signatureOf } from '../../src/model/signature.js';
import { silent } from '../../src/progress.js';
import { Random } from '../../src/random.js';
import { CONTEXT, tinyDeeplog, tinyLoganomaly, tinyLogbert } from './tiny.js';

function trained(model: SequenceModel) {
  const state = Object.fromEntries(
    Object.entries(model.state()).map(([name, { shape, data }]) => {
      return [name, { shape, data: Float32Array.from(data, (_, i) => Math.sin(i)) }];
    }),
  );
  return { parameters: model.parameters(new Random('served')), state };
}

async function tallies(model: SequenceModel, sequences: Int32Array[]): Promise<Tally[]> {
  const scorer = new Scorer(model, await openEngine('onnx', { threads: 1 }), trained(model));
  return scorer.score(sequences, silent).finally(() => scorer.dispose());
}

/** A batch of sequences as a client sends it. */
function batch(sequences: Int32Array[], T: number) {
  const shape = [sequences.length, T];
  const keys = new Int32Array(sequences.length * T);
  const mask = new Int32Array(keys.length);
  sequences.forEach((sequence, i) => {
    keys.set(sequence, i * T);
    mask.fill(1, i * T, i * T + sequence.length);
  });
  return { keys: { data: keys, shape }, mask: { data: mask, shape } };
}

async function served(model: SequenceModel, score: string, engineName: 'onnx' | 'cpu' = 'onnx') {
  const { fn, inputs, constants, sums } = model.served!(score)!;
  const { parameters, state } = trained(model);
  const fixed = { ...parameters, ...state, ...constants };
  const engine = await openEngine(engineName, { threads: 1 });
  return engine.compile(fn, { ...signatureOf(fixed), ...inputs }, { fixed, sums });
}

/** Of the tiny vocabulary, unknown events included. */
const sequence = fc
  .array(fc.constantFrom(Vocabulary.UNK, ...Array.from({ length: 6 }, (_, i) => Vocabulary.SPECIALS + i)), {
    minLength: 1,
    maxLength: 30,
  })
  .map((keys) => Int32Array.from(keys));

describe.each([
  ['LogBERT with an end', tinyLogbert({ ends: 4 })],
  ['LogBERT with another number of ends', tinyLogbert({ ends: 1, scoringMaskRatio: 0.2, topG: 2, floor: 0.15 })],
  ['LogBERT without positions', tinyLogbert({ ends: 1, positions: false })],
  ['LogBERT without an end', tinyLogbert({ ends: 0, floor: 0.15 })],
  ['DeepLog', tinyDeeplog({ floor: 0.15 })],
  ['DeepLog with an end', tinyDeeplog({ end: true, window: 10 })],
  ['DeepLog with a window of one key and an end', tinyDeeplog({ end: true, window: 1 })],
  ['LogAnomaly', tinyLoganomaly()],
])('%s, served', (_, model) => {
  const SCORES = Object.keys(model.summarize(newTally(0))).filter((score) => score !== 'entropy');

  it('refuses what it has no output for', () => {
    expect(model.served!('entropy')).toBeUndefined();
    expect(model.served!('mix')).toBeUndefined();
  });

  it('gives the scores of the toolkit, whatever a sequence is padded to and batched with', async () => {
    const runs = await Promise.all(SCORES.map((score) => served(model, score)));
    await fc.assert(
      fc.asyncProperty(fc.array(sequence, { minLength: 1, maxLength: 4 }), fc.nat(5), async (sequences, padding) => {
        const expected = (await tallies(model, sequences)).map(model.summarize);
        const T = Math.max(...sequences.map(({ length }) => length)) + padding;
        for (const [i, name] of SCORES.entries()) {
          const { score } = await runs[i].run(batch(sequences, T));
          expected.forEach((scores, row) => {
            expect(score.data[row], name).toBeCloseTo(scores[name], 4);
          });
        }
      }),
      { numRuns: 4 },
    );
    for (const run of runs) await run.dispose();
  });

  it('tells of every unit, and says nothing behind the last', async () => {
    const run = await served(model, 'nll');
    const sequences = [Int32Array.of(5, 6, 1, 7), Int32Array.of(6)];
    const expected = await tallies(model, sequences);
    const outputs = await run.run(batch(sequences, 6));
    const end = model.served!('nll')!.end ? 1 : 0;
    const U = 6 + end;
    expect(outputs.log_probabilities.shape).toEqual([2, U, CONTEXT.vocabularySize]);
    expected.forEach(({ length, masked, misses, surprise, distance, rounds }, row) => {
      for (let i = 0; i < U; i++) {
        const at = row * U + i;
        const counted = i < length + end ? masked[i] : 0;
        expect(outputs.negative_log_likelihood.data[at]).toBeCloseTo(counted ? surprise[i] / counted : 0, 4);
        expect(outputs.top_g_miss.data[at]).toBeCloseTo(counted ? misses[i] / counted : 0, 5);
      }
      if (rounds > 0) expect(outputs.distance.data[row]).toBeCloseTo(distance / rounds, 4);
    });
    await run.dispose();
  });

  it('does so on other engines', async () => {
    const run = await served(model, 'peak', 'cpu');
    const sequences = [Int32Array.of(5, 6, 1, 7), Int32Array.of(6)];
    const expected = (await tallies(model, sequences)).map(model.summarize);
    const { score } = await run.run(batch(sequences, 4));
    expected.forEach(({ peak }, row) => {
      expect(score.data[row]).toBeCloseTo(peak, 4);
    });
    await run.dispose();
  });
});
