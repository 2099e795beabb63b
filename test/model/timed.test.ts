import { readFileSync } from 'node:fs';
import Papa from 'papaparse';
import { beforeAll, describe, expect, it } from 'vitest';
import { Vocabulary } from '../../src/data/vocabulary.js';
import type { Engine } from '../../src/engine/engine.js';
import { openEngine } from '../../src/engine/open.js';
import { explainSession } from '../../src/explain/explain.js';
import { exportRun } from '../../src/export/export.js';
import { scoreFiles } from '../../src/export/scoreFiles.js';
import { withPauses } from '../../src/model/timedKeys.js';
import { newTrainingState, Trainer } from '../../src/model/trainer.js';
import { silent } from '../../src/progress.js';
import { Random } from '../../src/random.js';
import { madeRun } from '../export/run.js';
import { scores, TINY, tinyLogbert } from './tiny.js';

describe('LogBERT with times', () => {
  const S = Vocabulary.SPECIALS;
  let onnx: Engine;
  beforeAll(async () => {
    onnx = await openEngine('onnx', { threads: 1 });
  });

  it('hides the pause before an event that is masked, and tells the others', () => {
    const model = tinyLogbert({ time: true, scoringMaskRatio: 0.5 });
    const row = withPauses(Int32Array.of(S, S + 1, S + 2, S + 3), Uint8Array.of(1, 7, 8, 9));
    const { keys, asked, targets, pauses } = model.scoringBatch([row], 1, 6, 0);
    const all = [Vocabulary.DIST, S, S + 1, S + 2, S + 3, Vocabulary.PAD];
    expect([...targets.data]).toEqual(Array.from(asked.data, (token) => all[token]));
    expect(asked.data.toSorted()).toEqual(
      Int32Array.of(0, ...[...keys.data.keys()].filter((i) => keys.data[i] === Vocabulary.MASK)),
    );
    const told = [0, 1, 7, 8, 9, 0].map((pause, i) => (keys.data[i] === Vocabulary.MASK ? 0 : pause));
    expect([...pauses.data]).toEqual(told);
    expect(told).toContain(0);
    expect(model.trainingBatch([row], 1, 6, new Random(1)).pauses.shape).toEqual([1, 6]);
    expect(tinyLogbert().scoringBatch([row], 1, 6, 0)).not.toHaveProperty('pauses');
  });

  it('learns what follows a long pause', async () => {
    const model = tinyLogbert({ time: true, leaveOneOut: true, maskRatio: 0.2 });
    // A long pause before the second event comes with one kind of third event, a short one with the other.
    const session = (long: boolean, third: number) =>
      withPauses(Int32Array.of(S, S + 1, third), Uint8Array.of(1, long ? 20 : 2, 2));
    const rows = Array.from({ length: 60 }, (_, i) => session(i % 2 === 0, i % 2 === 0 ? S + 2 : S + 3));
    const settings = { epochs: 30, patience: 30, batch: 8, learningRate: 0.01, weightDecay: 0, warmup: 10, seed: 3 };
    const state = newTrainingState(model, 3);
    const trainer = new Trainer(model, onnx, { train: rows, validation: rows.slice(0, 8) }, settings, state);
    while (!trainer.finished) await trainer.epoch(silent);
    await trainer.dispose();
    const [right, wrong] = await scores(model, onnx, state, [session(true, S + 2), session(true, S + 3)]);
    expect(wrong.peak).toBeGreaterThan(right.peak + 1);
  });
});

describe('a run with times', () => {
  const made = madeRun({
    model: { name: 'logbert', ...TINY, maxLength: 512, time: true },
    predict: { rounds: 2, score: 'peak' },
  });

  it('scores the same in explain and in a bundle, and has no graph', async () => {
    const text = readFileSync(await made.run.require('scores'), 'utf8');
    const [first] = Papa.parse<Record<string, string>>(text, { header: true }).data.filter(
      ({ split }) => split === 'test',
    );
    const explained = await explainSession(made.settings, made.run, first.id, silent);
    expect(explained.score.value).toBeCloseTo(Number(first.peak), 4);
    const { path } = await exportRun(made.run, { format: 'bundle' });
    const { sessions } = await scoreFiles(path, [made.log], { name: 'auto', onFailure: 'stop' }, silent);
    expect(sessions.find(({ id }) => id === first.id)?.scores.peak).toBeCloseTo(Number(first.peak), 3);
    await expect(exportRun(made.run, { format: 'onnx' })).rejects.toThrow('can be exported as a bundle only');
  });
});
