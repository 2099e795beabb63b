import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingsSchema } from '../../src/config/schema.js';
import { silent } from '../../src/progress.js';
import { type ComparedData, compareRuns } from '../../src/score/compare.js';
import { comparedTable } from '../../src/score/comparedTable.js';
import { evaluateRun } from '../../src/score/evaluate.js';
import { syntheticRun } from './syntheticRun.js';

describe('compare', () => {
  const dir = mkdtempSync(join(tmpdir(), 'logbert-compare-'));
  const dirs = ['one', 'two', 'other'].map((name) => join(dir, name));
  let data: ComparedData[];

  beforeAll(async () => {
    const cases = [
      { seed: 1, evaluate: {} },
      { seed: 2, evaluate: {} },
      { seed: 1, evaluate: { quantile: 0.9 } },
    ];
    for (const [i, settings] of cases.entries()) {
      const run = await syntheticRun(dirs[i]);
      await evaluateRun(settingsSchema.parse({ ...settings, name: `run-${i}` }), run, silent);
      await run.close();
    }
    data = await compareRuns(dirs, 'result');
  }, 60_000);
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('makes one row of runs that differ in the seed alone, with mean and deviation', () => {
    expect(data).toHaveLength(1);
    const [seeds, other, ...baselines] = data[0].rows;
    expect(seeds).toMatchObject({ name: 'logbert', runs: dirs.slice(0, 2), spread: 0 });
    expect(seeds.interval).toBeUndefined();
    expect(other).toMatchObject({ runs: [dirs[2]], interval: expect.any(Array) });
    expect(baselines).toHaveLength(7);
  });

  it('a run that is named twice is one run', async () => {
    const [{ rows }] = await compareRuns([dirs[0], `${dirs[0]}/`, dirs[1]], 'result');
    expect(rows[0].runs).toHaveLength(2);
  });

  it('writes Markdown, CSV, JSON, LaTeX and HTML', () => {
    expect(comparedTable(data, 'markdown')).toContain('| logbert, 2 seeds |');
    const rows = Papa.parse<Record<string, string>>(comparedTable(data, 'csv'), {
      header: true,
      skipEmptyLines: true,
    }).data;
    expect(Number(rows[1].f1)).toBe(data[0].rows[1].figures.f1);
    expect(JSON.parse(comparedTable(data, 'json'))).toEqual(data);
    expect(comparedTable(data, 'latex')).toMatch(/\\begin\{tabular\}\{lr{8}\}[\s\S]*\$\\pm\$/);
    expect(comparedTable(data, 'html')).toMatch(/^<!doctype html>[\s\S]*default-src &#39;none&#39;[\s\S]*<button/);
  });

  it('counts distinct sequences when told to, and names a run without a result', async () => {
    const [distinct] = await compareRuns(dirs.slice(0, 1), 'distinct');
    expect(distinct.rows[0].alerts).toBeLessThanOrEqual(data[0].rows[0].alerts);
    await expect(compareRuns([join(dir, 'none')], 'result')).rejects.toThrow(/none/);
  });
});
