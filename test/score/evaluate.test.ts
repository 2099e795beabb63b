import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SettingsInput, settingsSchema } from '../../src/config/schema.js';
import { loadSessions } from '../../src/data/sessions.js';
import { silent } from '../../src/progress.js';
import type { RunFolder } from '../../src/run/folder.js';
import { evaluateRun } from '../../src/score/evaluate.js';
import { resultRows } from '../../src/score/result.js';
import { type SyntheticOptions, syntheticRun } from './syntheticRun.js';

let dir: string;
let run: RunFolder;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'logbert-evaluate-'));
});
afterEach(async () => {
  await run?.close();
  rmSync(dir, { recursive: true, force: true });
});

async function evaluated(input: SettingsInput = {}, options: SyntheticOptions = {}) {
  run = await syntheticRun(join(dir, 'run'), options);
  return evaluateRun(settingsSchema.parse(input), run, silent);
}

describe('evaluateRun', () => {
  it('takes the strict threshold from validation scores and judges the model beside the baselines', async () => {
    const result = await evaluated({ name: 'demo', seed: 7, evaluate: { quantile: 0.995 } });
    expect(result).toMatchObject({
      format: 'logbert-result',
      version: 2,
      run: 'demo',
      protocol: 'strict',
      seed: 7,
      threshold: { rule: 'quantile 0.995 of validation scores', chosenOn: 'validation' },
      data: { train: 450, validation: 50, excluded: 0, test: 400, unlabelled: 0, short: 0 },
      notes: [],
    });
    expect(result.all).toBeUndefined();
    expect(result.baselines.map(({ name }) => name)).toEqual([
      'unseen event',
      'length out of range',
      'unseen event or length',
      'unseen count vector',
      'nearest count vector',
      'edit distance',
      'any of these',
    ]);
    expect(result.distinct.result.tp! + result.distinct.result.fn!).toBeLessThanOrEqual(result.data.anomalies);
    const [low, high] = result.result.intervals!.f1!;
    expect(low).toBeLessThanOrEqual(result.result.f1!);
    expect(high).toBeGreaterThanOrEqual(result.result.f1!);
    expect(result.data.unseen.events).toBeGreaterThan(0);
    const { tp, fp, fn, tn, alerts, f1, auroc } = result.result;
    expect(tp! + fn!).toBe(result.data.anomalies);
    expect(tp! + fp! + fn! + tn!).toBe(400);
    expect(alerts).toBe(tp! + fp!);
    expect(f1).toBeGreaterThan(0.6);
    expect(auroc).toBeGreaterThan(0.9);
    expect(JSON.parse(readFileSync(await run.require('result'), 'utf8'))).toEqual(result);
  });

  it('counts every session in a second comparison when short ones are left out', async () => {
    const { result, all, data } = await evaluated({ evaluate: { minLength: 10 } });
    expect(data.short).toBeGreaterThan(0);
    const counted = ({ tp, fp, fn, tn }: typeof result) => tp! + fp! + fn! + tn!;
    expect(counted(result)).toBe(data.test - data.short);
    expect(all!.baselines.map(counted)).toEqual(Array(7).fill(400));
    expect(all!.result.threshold).toEqual(result.threshold);
  });

  it('chooses the paper threshold on the test labels, for each count, and says so', async () => {
    const { result, all, threshold, notes } = await evaluated({
      split: { protocol: 'paper' },
      evaluate: { minLength: 10 },
    });
    expect(threshold).toMatchObject({ rule: 'best F1 on test labels (oracle)', chosenOn: 'test' });
    expect(result.f1).toBeCloseTo(result.oracleF1!, 12);
    expect(all!.result.f1).toBeCloseTo(all!.result.oracleF1!, 12);
    expect(notes[0]).toMatch(/Paper protocol: the threshold was chosen on the test labels/);
  });

  it.each(['strict', 'paper'] as const)('works without labels (%s): it counts alerts', async (protocol) => {
    const { result, notes, threshold, data } = await evaluated({ split: { protocol } }, { labels: 'none' });
    expect(data.unlabelled).toBe(400);
    expect(result).toMatchObject({
      tp: null,
      fp: null,
      precision: null,
      recall: null,
      f1: null,
      auroc: null,
      oracleF1: null,
    });
    expect(result.alerts).toBeGreaterThan(0);
    expect(threshold.chosenOn).toBe('validation');
    expect(notes[0]).toMatch(/No test session has a label/);
    expect(readFileSync(await run.require('report'), 'utf8')).toContain('Top anomalies');
  });

  it.each([
    ['normal', { tp: 0, recall: null, f1: null, auroc: null }, /Every labelled test session is normal/],
    ['anomaly', { fp: 0, tn: 0, precision: null, f1: null }, /Every labelled test session is an anomaly/],
  ] as const)('works with one class alone: %s', async (labels, figures, note) => {
    const { result, notes } = await evaluated({}, { labels });
    expect(result).toMatchObject(figures);
    expect(notes[0]).toMatch(note);
  });

  it("evaluates anyone's scores, with their labels when the run has none", async () => {
    run = await syntheticRun(join(dir, 'run'), { labels: 'none' });
    const { ids, splits } = await loadSessions(run);
    const path = join(dir, 'theirs.csv');
    const rows = ids.map((id, i) => `${id},${(i * 37) % 100},${splits[i] === 2 && i % 20 === 0 ? 1 : 0}`);
    writeFileSync(path, `id,score,label\n${rows.join('\n')}\nelsewhere,3,0\n`);
    const notes: string[] = [];
    const progress = { ...silent, note: (line: string) => notes.push(line) };
    const result = await evaluateRun(settingsSchema.parse({ evaluate: { scores: path } }), run, progress);
    expect(result.result.name).toBe('theirs.csv');
    expect(result.data.anomalies).toBe(20);
    expect(result.result.auroc).not.toBeNull();
    expect(notes).toEqual([`${path}: 1 row is for a session that the run doesn't have.`]);
    expect(readFileSync(await run.require('report'), 'utf8')).not.toContain('validation loss');
  });

  it('counts the test sessions that lack a score', async () => {
    run = await syntheticRun(join(dir, 'run'));
    const path = join(dir, 'theirs.csv');
    writeFileSync(path, 'id,score\ns500,1\ns501,1\n');
    const settings = settingsSchema.parse({ evaluate: { scores: path } });
    await expect(evaluateRun(settings, run, silent)).rejects.toThrow(
      `${path} has no score for 398 of 400 test sessions, such as "s502".`,
    );
    expect(run.has('result')).toBe(false);
  });

  it('names the command that makes missing scores', async () => {
    run = await syntheticRun(join(dir, 'run'));
    await run.remove('scores');
    const failure = await evaluateRun(settingsSchema.parse({}), run, silent).catch((error) => error);
    expect(failure.next).toMatch(/^logbert predict --run /);
  });

  it('refuses a count that no session meets', async () => {
    await expect(evaluated({ evaluate: { minLength: 1000 } })).rejects.toThrow(
      /No test session has 1,000 events or more/,
    );
  });
});

describe('resultRows', () => {
  it('puts the model first, in per cent, for each count', async () => {
    const result = await evaluated({ evaluate: { minLength: 10 } });
    const rows = resultRows(result);
    expect(rows.map(({ count, isModel }) => [count, isModel])).toEqual(
      ['sessions of 10 or more events', 'all sessions', 'each distinct sequence once'].flatMap((count) =>
        [true, ...Array(7).fill(false)].map((is) => [count, is]),
      ),
    );
    expect(rows[0]).toMatchObject({
      name: 'logbert',
      f1: (100 * result.result.f1!).toFixed(2),
      fn: String(result.result.fn),
    });
    expect(rows[1]).toMatchObject({ name: 'unseen event', auroc: '-', rule: 'yes or no' });
  });
});
