import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Settings, settingsSchema } from '../../src/config/schema.js';
import { Table } from '../../src/data/parquet.js';
import { silent } from '../../src/progress.js';
import { RunFolder } from '../../src/run/folder.js';
import { isStageFresh, runPipeline, runStage } from '../../src/run/pipeline.js';
import { hdfsKeys } from '../score/realData.js';

/** From key files to a result, through the stages that the commands call. */
describe('a detector', () => {
  let dir: string;
  let run: RunFolder;
  let settings: Settings;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'logbert-detector-'));
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
      model: { name: 'count-vector' },
      engine: { name: 'cpu' },
    });
    run = await RunFolder.open(join(dir, 'run'), { create: true });
    await runPipeline(settings, run, silent);
  }, 60_000);
  afterAll(async () => {
    await run.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const result = async () => JSON.parse(readFileSync(await run.require('result'), 'utf8'));

  it('is judged by its own threshold, with the baselines beside it', async () => {
    const { result: own, baselines, threshold } = await result();
    expect(own).toMatchObject({ name: 'count-vector', tp: 3, fp: 0, fn: 0, f1: 1 });
    expect(threshold).toMatchObject({ rule: expect.stringContaining('distinct training vectors'), chosenOn: 'train' });
    expect(baselines).toHaveLength(7);
  });

  it('takes a quantile of the validation scores when told to', async () => {
    const evaluate = { ...settings.evaluate, threshold: 'quantile' as const };
    await runStage('evaluate', { ...settings, evaluate }, run, silent);
    expect((await result()).threshold.rule).toContain('quantile 0.98 of validation scores');
  });

  it('tells which events made the score, and what is missing', async () => {
    const table = await Table.open(await run.require('eventScores'), { format: 'logbert-event-scores', version: 1 });
    const [template, expected] = await Promise.all(['template', 'expected'].map((name) => table.int32(name)));
    const share = await table.values<number>('nll');
    const unseen = template.indexOf(11);
    expect(share[unseen]).toBeGreaterThan(1);
    expect(share[unseen - 1]).toBe(0);
    // The session that is one event 5 alone: it lacks events 7, whose number varies anyway, and the 9.
    expect(expected[template.findIndex((id, row) => id === -2 && template[row - 1] === 5)]).toBe(9);
  });

  it('is fitted again when other sessions are in training, though their events are the same', async () => {
    const contaminated = { ...settings, split: { ...settings.split, contamination: 0.04 } };
    await runStage('sessions', contaminated, run, silent);
    expect(await isStageFresh('train', contaminated, run)).toBe(false);
    await runStage('sessions', settings, run, silent);
    expect(await isStageFresh('train', settings, run)).toBe(true);
  });

  it('takes the place of a model that was trained before it, whose scores become stale', async () => {
    const logbert = {
      ...settings,
      model: { name: 'logbert', hidden: 8, layers: 1, heads: 2, feedForward: 8 },
      train: { ...settings.train, epochs: 1 },
    };
    await runStage('train', logbert, run, silent);
    expect([run.has('checkpoint'), run.has('detector')]).toEqual([true, false]);
    await expect(run.require('scores')).rejects.toThrow(/stale/);
    await runStage('predict', logbert, run, silent);
    await runStage('train', settings, run, silent);
    expect([run.has('checkpoint'), run.has('detector'), run.has('state')]).toEqual([false, true, false]);
    expect(await isStageFresh('train', settings, run)).toBe(true);
    expect(await isStageFresh('predict', settings, run)).toBe(false);
  });

  it('writes the same bytes when it is fitted again', async () => {
    const before = run.sha256('detector');
    await runStage('train', settings, run, silent);
    expect(run.sha256('detector')).toBe(before);
  });

  it('says that a sequence model has no threshold of its own', async () => {
    await runStage('predict', settings, run, silent);
    const evaluate = { ...settings.evaluate, threshold: 'own' as const, scores: await run.require('scores') };
    await expect(runStage('evaluate', { ...settings, evaluate }, run, silent)).rejects.toThrow(
      /no threshold of their own/,
    );
  });
});

describe(`count-vector on HDFS${hdfsKeys.missing ? ` (${hdfsKeys.missing})` : ''}`, () => {
  it.skipIf(hdfsKeys.missing)('finds every anomaly by a threshold from training sessions alone', async () => {
    const { countVector } = await import('../../src/model/detectors/countVector.js');
    const examples = hdfsKeys.read();
    const of = (split: string) =>
      examples.filter((e) => e.split === split).map(({ events }) => Int32Array.from(events));
    const detector = countVector({ quantile: 0.9 });
    const fitted = detector.open(detector.fit({ train: of('train'), validation: of('validation') }));
    const scored = new Map<string, number>();
    const counts = { tp: 0, fp: 0, fn: 0 };
    for (const { events, label } of examples.filter(({ split }) => split === 'test')) {
      const name = events.toString();
      const score = scored.get(name) ?? fitted.score(Int32Array.from(events)).distance;
      scored.set(name, score);
      const alert = score > (fitted.threshold?.value ?? NaN);
      if (label === 1) counts[alert ? 'tp' : 'fn']++;
      else if (alert) counts.fp++;
    }
    expect(counts).toEqual({ tp: 16838, fp: 425, fn: 0 });
  });
});
