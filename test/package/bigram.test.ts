import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bigram, bigramSettings } from '../../examples/bigram.js';
import { Vocabulary } from '../../src/data/vocabulary.js';
import { openEngine } from '../../src/engine/open.js';
import { Scorer } from '../../src/model/scorer.js';
import { newTrainingState, Trainer } from '../../src/model/trainer.js';
import { silent } from '../../src/progress.js';

const FIRST = Vocabulary.SPECIALS;
const cycle = (length: number) => Int32Array.from({ length }, (_, i) => FIRST + (i % 3));
const settings = { epochs: 30, patience: 30, batch: 8, learningRate: 0.3, weightDecay: 0, warmup: 1, seed: 1 };

describe('the model of docs/adding-a-model.md', () => {
  it('is what the page shows', () => {
    const shown = /```ts\n(import [\s\S]*?)```/.exec(readFileSync('docs/adding-a-model.md', 'utf8'))?.[1];
    expect(shown).toBe(readFileSync('examples/bigram.ts', 'utf8'));
  });

  it('learns an order of events, and finds the event that breaks it', async () => {
    const model = bigram(bigramSettings.parse({ topG: 1 }), {
      vocabularySize: FIRST + 3,
      seed: 1,
      rounds: 1,
      texts: [],
    });
    const engine = await openEngine('auto', { threads: 1 });
    const state = newTrainingState(model, 1);
    const data = { train: [cycle(4), cycle(6), cycle(9), cycle(11)], validation: [cycle(7)] };
    const trainer = new Trainer(model, engine, data, settings, state);
    while (!trainer.finished) await trainer.epoch(silent);
    await trainer.dispose();
    expect(state.best.loss).toBeLessThan(0.05);

    const scorer = new Scorer(model, engine, { parameters: state.adam.tensors, state: state.state });
    const odd = cycle(8);
    odd[4] = FIRST;
    const [good, bad] = await scorer.score([cycle(8), odd], silent);
    await scorer.dispose();
    expect(Array.from(good.misses)).toEqual(Array(9).fill(0));
    expect(Array.from(bad.misses)).toEqual([0, 0, 0, 0, 1, 1, 0, 0, 0]);
    expect(model.summarize(bad).nll).toBeGreaterThan(10 * model.summarize(good).nll);
  });
});
