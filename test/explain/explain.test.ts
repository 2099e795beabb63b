import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SettingsInput, settingsSchema } from '../../src/config/schema.js';
import { type ExplainedSession, explainSession } from '../../src/explain/explain.js';
import { silent } from '../../src/progress.js';
import { RunFolder } from '../../src/run/folder.js';
import { runPipeline } from '../../src/run/pipeline.js';
import { explainedLines } from '../../src/terminal/explained.js';
import { TINY } from '../model/tiny.js';

const FILES = ['a.log', 'b.log'];

/** A log of two files: the last sessions start in the first and end in the second, and one of them breaks. */
function writeLogs(dir: string): string[] {
  const line = (id: number, message: string) => `2026-01-01 00:${id}:00 INFO worker: job_${id} ${message}`;
  const start = (i: number) => [line(i, 'start of work'), line(i, 'reading the input')];
  const end = (i: number) => [...(i === 55 ? [line(i, '\u001b[31mdisk is gone')] : []), line(i, 'end of work')];
  const ids = Array.from({ length: 50 }, (_, i) => i + 10);
  const first = ids.flatMap((i) => [...start(i), ...(i < 50 ? end(i) : [])]);
  const second = ids.filter((i) => i >= 50).flatMap(end);
  const paths = FILES.map((name) => join(dir, name));
  for (const [k, lines] of [first, second].entries()) writeFileSync(paths[k], `${lines.join('\n')}\n`);
  return paths;
}

describe.each([
  ['logbert', { ...TINY, ends: 2 }],
  ['deeplog', { window: 4, hidden: 8, embedding: 8, topG: 1 }],
  ['count-vector', {}],
])('explain with %s', (name, model) => {
  let dir: string;
  let run: RunFolder;
  let settings: ReturnType<typeof settingsSchema.parse>;
  let broken: ExplainedSession;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'logbert-explain-'));
    const input: SettingsInput = {
      input: { files: writeLogs(dir), format: '<Date> <Time> <Level> <Component>: <Content>' },
      sequences: { sessionId: 'job_\\d+' },
      model: { name, ...model },
      train: { epochs: 8, batch: 8, learningRate: 0.02, warmup: 5 },
      engine: { threads: 1 },
    };
    settings = settingsSchema.parse(input);
    run = await RunFolder.open(join(dir, 'run'), { create: true });
    await runPipeline(settings, run, silent);
    broken = await explainSession(settings, run, 'job_55', silent);
  }, 60_000);
  afterAll(async () => {
    await run.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('gives the raw lines in order, from every file that the session stands in', () => {
    expect(broken.events.map(({ line }) => line?.text.replace(/.*job_55 /, ''))).toEqual([
      'start of work',
      'reading the input',
      '\u001b[31mdisk is gone',
      'end of work',
    ]);
    expect(broken.events.map(({ line }) => line?.file.split(/[\\/]/).at(-1))).toEqual([
      'a.log',
      'a.log',
      'b.log',
      'b.log',
    ]);
  });

  it('finds the strange event, and the normal session beside which it is the only difference', () => {
    const surprises = broken.events.map(({ surprise }) => surprise ?? 0);
    expect(surprises.indexOf(Math.max(...surprises))).toBe(2);
    expect(broken.events[2].misses).toBeGreaterThan(0);
    expect(broken.nearest?.distance).toBe(1);
    expect(broken.nearest?.places?.filter(({ right }) => right < 0)).toEqual([{ left: 2, right: -1 }]);
  });

  it('shows it without letting the log speak to the terminal', () => {
    const text = explainedLines(broken, 80).join('\n');
    expect(text).toContain('\\x1b[31mdisk is gone');
    expect(text).not.toContain('\u001b');
    expect(text).toContain('nearest normal session: job_');
  });

  it.runIf(name !== 'count-vector')('says how likely the events were, as their surprise does', async () => {
    const usual = await explainSession(settings, run, 'job_54', silent);
    for (const { template, surprise, expected } of usual.events) {
      const probabilities = expected.map(({ probability }) => probability ?? 0);
      expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
      const own = expected.find((one) => one.template === template);
      if (own) expect(own.probability).toBeCloseTo(Math.exp(-(surprise ?? 0)), 4);
    }
    expect(usual.events.some(({ template, expected }) => expected.some((one) => one.template === template))).toBe(true);
  });

  it('names sessions when there is no such one', async () => {
    await expect(explainSession(settings, run, 'job', silent)).rejects.toThrow(/No session job in this run.*"job_10"/);
  });
});
