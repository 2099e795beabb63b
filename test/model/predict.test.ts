import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Settings, settingsSchema } from '../../src/config/schema.js';
import { Table } from '../../src/data/parquet.js';
import { END_OF_SESSION } from '../../src/data/sessions.js';
import { Adam } from '../../src/model/adam.js';
import { loadCheckpoint } from '../../src/model/checkpoint.js';
import type { TrainingSummary } from '../../src/model/train.js';
import { silent } from '../../src/progress.js';
import { RunFolder } from '../../src/run/folder.js';
import { runStage } from '../../src/run/pipeline.js';
import { TINY } from './tiny.js';

/** From key files to scores, through the stages that the commands call. */
describe('train and predict', () => {
  let dir: string;
  let run: RunFolder;
  let settings: Settings;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'logbert-predict-'));
    const file = (name: string, lines: string[]) => {
      writeFileSync(join(dir, name), `${lines.join('\n')}\n`);
      return [join(dir, name)];
    };
    const normal = (n: number) =>
      Array.from({ length: n }, (_, i) => ['5', ...Array(2 + (i % 5)).fill('7'), '9'].join(' '));
    settings = settingsSchema.parse({
      input: {
        keys: {
          train: file('train', normal(60)),
          testNormal: file('normal', normal(20)),
          testAbnormal: file('abnormal', ['5', '5 7 11 7 9', '9 9 9 9']),
        },
      },
      split: { protocol: 'paper' },
      model: { name: 'logbert', ...TINY, ends: 4 },
      train: { epochs: 12, batch: 8, learningRate: 0.01, warmup: 10, distinct: false },
      engine: { threads: 1 },
    });
    run = await RunFolder.open(join(dir, 'run'), { create: true });
    for (const stage of ['sessions', 'vocab', 'train', 'predict'] as const)
      await runStage(stage, settings, run, silent);
  });
  afterAll(async () => {
    await run.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const scores = async () => {
    const text = readFileSync(await run.require('scores'), 'utf8');
    return Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
  };

  it('gives every session that was not trained on a score, however short, and equal sessions the same', async () => {
    const rows = await scores();
    expect(rows).toHaveLength(6 + 20 + 3);
    expect(Object.keys(rows[0])).toEqual([
      'id',
      'label',
      'split',
      'length',
      'sequence',
      'score',
      'improbable',
      'peak',
      'nll',
      'entropy',
      'misses',
      'distance',
    ]);
    for (const row of rows) expect(Number.isFinite(Number(row.peak))).toBe(true);
    const distinct = new Set(rows.map(({ sequence }) => sequence));
    expect(new Set(rows.map(({ sequence, peak }) => `${sequence} ${peak}`)).size).toBe(distinct.size);
    expect(rows.find(({ id }) => id === 'abnormal:1')?.length).toBe('1');
  });

  it('counts an unseen key as a miss whenever it is masked', async () => {
    const table = await Table.open(await run.require('eventScores'), { format: 'logbert-event-scores', version: 1 });
    const [template, masked, misses] = await Promise.all(
      ['template', 'masked', 'misses'].map((name) => table.int32(name)),
    );
    const unseen = template.indexOf(11);
    expect(masked[unseen]).toBeGreaterThan(0);
    expect(misses[unseen]).toBe(masked[unseen]);
  });

  it('tells of the end of each session behind its last event', async () => {
    const table = await Table.open(await run.require('eventScores'), { format: 'logbert-event-scores', version: 1 });
    const [sequence, position, template] = await Promise.all(
      ['sequence', 'position', 'template'].map((name) => table.int32(name)),
    );
    const ends = [...template.keys()].filter((row) => template[row] === END_OF_SESSION);
    expect(ends).toHaveLength(new Set(sequence).size);
    for (const row of ends) expect(sequence[row + 1]).not.toBe(sequence[row]);
    expect(position[ends[0]]).toBe(position[ends[0] - 1] + 1);
  });

  it('refuses a score that the model does not have', async () => {
    const odd = { ...settings, predict: { ...settings.predict, score: 'guess' } };
    await expect(runStage('predict', odd, run, silent)).rejects.toMatchObject({
      message: expect.stringContaining(
        'Unknown score guess: expected improbable, peak, nll, entropy, misses, distance',
      ),
      exitCode: 2,
    });
  });

  it('refuses a model of times where no line has one', async () => {
    const timed = { ...settings, model: { ...settings.model, time: true } };
    await expect(runStage('train', timed, run, silent)).rejects.toThrow('and no line has a time');
  });

  it('writes the same bytes when it is trained again', async () => {
    const before = run.sha256('checkpoint');
    await runStage('train', settings, run, silent);
    expect(run.sha256('checkpoint')).toBe(before);
  });

  it('learns from each distinct sequence once an epoch when told to', async () => {
    const distinct = { ...settings, train: { ...settings.train, distinct: true, epochs: 1 } };
    const { sequences, rows } = (await runStage('train', distinct, run, silent)) as TrainingSummary;
    expect(sequences).toEqual({ train: 54, validation: 6 });
    expect(rows).toEqual({ train: 5, validation: 6 });
  });

  it('stops where the loss is no longer a number, says where, and keeps the best checkpoint', async () => {
    const { step } = Adam.prototype;
    const poisoned = vi.spyOn(Adam.prototype, 'step').mockImplementation(function (this: Adam, gradient, rate, count) {
      step.call(this, gradient, rate, count);
      if (count === 17) this.parameters.fill(Number.NaN);
    });
    await expect(runStage('train', settings, run, silent)).rejects.toMatchObject({
      message: expect.stringMatching(
        /^The loss is no longer a number in batch \d of epoch 3 \(step 18\)\. The checkpoint of epoch 2, .* is kept\.$/,
      ),
      next: expect.stringContaining('LOGBERT_TRAIN_LEARNING_RATE'),
    });
    poisoned.mockRestore();
    expect((await loadCheckpoint(await run.require('checkpoint'), '')).training).toMatchObject({ best: 2, epochs: 2 });
    await runStage('train', settings, run, silent);
  });

  it('does not resume with other settings', async () => {
    const other = { ...settings, train: { ...settings.train, resume: true, batch: 4 } };
    await expect(runStage('train', other, run, silent)).rejects.toThrow(/other settings/);
  });
});
