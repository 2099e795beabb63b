import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import {
  RunFolder,
  runPipeline,
  type Settings,
  type Stage,
  settingsSchema,
  silent,
  UserError,
} from '../../src/index.js';

const dir = mkdtempSync(join(tmpdir(), 'logbert-pipeline-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function keyFile(name: string, session: (i: number) => string, count = 40): string {
  const path = join(dir, name);
  writeFileSync(path, `${Array.from({ length: count }, (_, i) => session(i)).join('\n')}\n`);
  return path;
}

const keys = {
  train: [keyFile('train', (i) => (i % 2 ? '1 2 3 4' : '1 2 2 3 4'))],
  testNormal: [keyFile('normal', (i) => (i % 2 ? '1 2 3 4' : '1 2 2 3 4'))],
  testAbnormal: [keyFile('abnormal', (i) => (i % 2 ? '4 3 9' : '1 9'), 6)],
};
const settings = settingsSchema.parse({
  input: { keys },
  model: { name: 'logbert', hidden: 8, layers: 1, heads: 2, feedForward: 8 },
  train: { epochs: 2 },
  engine: { name: 'cpu' },
});

/** The stages that were run, not skipped. */
async function ran(run: RunFolder, now: Settings, force = false): Promise<Stage[]> {
  const stages: Stage[] = [];
  await runPipeline(now, run, silent, { force, onEnd: (stage, summary) => summary && stages.push(stage) });
  return stages;
}

it('runs what is missing or stale, and nothing else', async () => {
  const run = await RunFolder.open(join(dir, 'run'), { create: true });
  const all = ['sessions', 'vocab', 'train', 'predict', 'evaluate'];
  expect(await ran(run, settings)).toEqual(all);
  expect(await ran(run, settings)).toEqual([]);
  const other = { ...settings, evaluate: { ...settings.evaluate, quantile: 0.9 } };
  expect(await ran(run, other)).toEqual(['evaluate']);
  expect(await ran(run, { ...other, predict: { ...settings.predict, rounds: 2 } })).toEqual(['predict', 'evaluate']);
  expect(await ran(run, settings, true)).toEqual(all);
  await run.close();
});

it('stops at the first fault and keeps what was done', async () => {
  const run = await RunFolder.open(join(dir, 'broken'), { create: true });
  const broken = { ...settings, predict: { ...settings.predict, score: 'luck' } };
  await expect(runPipeline(broken, run, silent)).rejects.toThrow(UserError);
  expect([run.has('checkpoint'), run.has('scores')]).toEqual([true, false]);
  expect(await ran(run, settings)).toEqual(['predict', 'evaluate']);
  await run.close();
});
