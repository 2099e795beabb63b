import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Settings, settingsSchema } from '../../../src/config/schema.js';
import { Table } from '../../../src/data/parquet.js';
import { explainSession } from '../../../src/explain/explain.js';
import { exportRun } from '../../../src/export/export.js';
import { scoreFiles } from '../../../src/export/scoreFiles.js';
import { loadCheckpoint } from '../../../src/model/checkpoint.js';
import type { TrainingSummary } from '../../../src/model/train.js';
import { silent } from '../../../src/progress.js';
import { Random } from '../../../src/random.js';
import { RunFolder } from '../../../src/run/folder.js';
import { runPipeline, runStage } from '../../../src/run/pipeline.js';
import { explainedLines } from '../../../src/terminal/explained.js';

const SESSIONS = 200;
const [HUGE, SLOW, MIXED] = ['job_170', 'job_180', 'job_190'];

/** Jobs whose orders of events are all alike: three differ in a size 50 times too large, a pause 100 times too long, and sizes that contradict each other. */
function writeLog(path: string): void {
  const random = new Random('jobs');
  let now = Date.UTC(2026, 0, 1);
  const lines: string[] = [];
  const tell = (seconds: number, message: string) => {
    now += 1000 * seconds;
    const [date, time] = new Date(now).toISOString().split('T');
    lines.push(`${date} ${time.slice(0, 8)} INFO worker: ${message}`);
  };
  for (let i = 0; i < SESSIONS; i++) {
    const id = `job_${i}`;
    const size = (10_000 + random.int(20_000)) * (id === HUGE ? 50 : 1);
    const stored = id === MIXED ? size + (size < 20_000 ? 10_000 : -10_000) : size;
    tell(5, `Begin ${id} on 10.0.0.${random.int(200)} as request ${5000 + i}`);
    tell(1 + random.int(3), `Received ${size} bytes of ${id} with sum 0x${random.uint32().toString(16)}`);
    tell(
      (2 + random.int(3)) * (id === SLOW ? 100 : 1),
      `Stored all of ${id} of ${stored} bytes in ${80 + random.int(40)} ms`,
    );
    tell(1, `End of ${id}`);
  }
  writeFileSync(path, `${lines.join('\n')}\n`);
}

describe('DeepLog with values', () => {
  let dir: string;
  let log: string;
  let run: RunFolder;
  let settings: Settings;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'logbert-values-'));
    log = join(dir, 'jobs.log');
    const labels = join(dir, 'labels.csv');
    writeLog(log);
    const label = (i: number) => ([HUGE, SLOW, MIXED].includes(`job_${i}`) ? 'Anomaly' : 'Normal');
    const rows = Array.from({ length: SESSIONS }, (_, i) => `job_${i},${label(i)}`);
    writeFileSync(labels, `BlockId,Label\n${rows.join('\n')}\n`);
    settings = settingsSchema.parse({
      input: { files: [log], labels, format: '<Date> <Time> <Level> <Component>: <Content>' },
      sequences: { sessionId: 'job_\\d+' },
      split: { trainFraction: 0.8, validationFraction: 0.3 },
      model: { name: 'deeplog', window: 4, hidden: 16, embedding: 8, topG: 1, values: true, interval: 6 },
      train: { epochs: 30, patience: 30, batch: 32, learningRate: 0.01, warmup: 20 },
      evaluate: { threshold: 'own' },
      engine: { threads: 1 },
    });
    run = await RunFolder.open(join(dir, 'run'), { create: true });
    await runPipeline(settings, run, silent);
  }, 120_000);
  afterAll(async () => {
    await run.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const scores = async () => {
    const text = readFileSync(await run.require('scores'), 'utf8');
    const rows = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
    return new Map(rows.filter(({ split }) => split === 'test').map((row) => [row.id, row]));
  };

  it('finds what the model of keys can not, and raises no alarm for what is usual', async () => {
    const found = await scores();
    expect([...found.values()].every(({ misses }) => Number(misses) === 0)).toBe(true);
    const alarms = [...found.values()].filter(({ either }) => Number(either) > 0).map(({ id }) => id);
    expect(alarms).toEqual([HUGE, SLOW, MIXED]);
    expect(Object.keys(found.get(HUGE)!).slice(5, -1)).toEqual([
      'score',
      'either',
      'misses',
      'improbable',
      'peak',
      'nll',
      'entropy',
      'value',
    ]);
    const { result } = JSON.parse(readFileSync(await run.require('result'), 'utf8'));
    expect(result.f1).toBe(1);
  });

  it('explains which value of which line was how far off', async () => {
    const session = await explainSession(settings, run, HUGE, silent);
    expect(session.interval).toBe(6);
    const [first] = session.events.filter(({ values }) => (values?.deviations ?? 0) > 6);
    expect(first.line?.text).toContain('Received');
    const told = first.values!.told.find(({ parameter }) => parameter === 0)!;
    expect(first.line?.text).toContain(`Received ${told.found.toFixed(0)}`.slice(0, 13));
    expect(told.expected).toBeGreaterThan(5000);
    expect(told.expected).toBeLessThan(50_000);
    expect(told.deviations).toBeGreaterThan(50);
    const text = explainedLines(session, 100).join('\n');
    expect(text).toMatch(/parameter 1: \d{6,}, predicted \d{5}, \S+ deviations too high/);
    const slow = await explainSession(settings, run, SLOW, silent);
    expect(explainedLines(slow, 100).join('\n')).toMatch(/seconds since the event before: [234]00, predicted \d/);
    const usual = await explainSession(settings, run, 'job_195', silent);
    expect(explainedLines(usual, 100).join('\n')).not.toContain('predicted');
  });

  it('tells of each event how far it is off, and of those without values nothing', async () => {
    const table = await Table.open(await run.require('eventScores'), { format: 'logbert-event-scores', version: 1 });
    const values = await table.values<number>('value');
    const positions = await table.int32('position');
    expect(positions.every((position, i) => Number.isNaN(values[i]) === (position === 0))).toBe(true);
  });

  it('tells what it reads and what it does not, and writes the same bytes when it is trained again', async () => {
    const before = run.sha256('checkpoint');
    const { values } = (await runStage('train', settings, run, silent)) as TrainingSummary;
    expect(values).toMatchObject({ parameters: 3, templates: 2, pauses: 3, without: 1, counters: 1, left: 0 });
    expect(values!.outside).toBeLessThan(0.1);
    expect(run.sha256('checkpoint')).toBe(before);
  });

  it('goes on after an interruption, to the same result', async () => {
    const before = run.sha256('checkpoint');
    for (const name of ['checkpoint', 'training'] as const) await run.remove(name);
    await runStage('train', { ...settings, train: { ...settings.train, resume: true } }, run, silent);
    expect(run.sha256('checkpoint')).toBe(before);
  });

  it('leaves the model of keys as it is without values', async () => {
    const keys = { ...settings, model: { ...settings.model, values: false } };
    const valued = await loadCheckpoint(await run.require('checkpoint'), '');
    await runStage('train', keys, run, silent);
    const alone = await loadCheckpoint(await run.require('checkpoint'), '');
    expect(Object.keys(alone.state)).toEqual([]);
    for (const [name, tensor] of Object.entries(alone.parameters)) expect(valued.parameters[name]).toEqual(tensor);
    for (const stage of ['train', 'predict', 'evaluate'] as const) await runStage(stage, settings, run, silent);
  });

  it('is the same in a bundle; without a graph where values decide', async () => {
    const { path } = await exportRun(run, { format: 'bundle' });
    const scored = await scoreFiles(path, [log], { name: 'auto', onFailure: 'stop' }, silent);
    const found = await scores();
    for (const { id, scores } of scored.sessions.filter(({ id }) => found.has(id))) {
      expect(scores.value).toBeCloseTo(Number(found.get(id)!.value), 2);
    }
    expect(scored.sessions.filter(({ id, alert }) => found.has(id) && alert).map(({ id }) => id)).toEqual([
      HUGE,
      SLOW,
      MIXED,
    ]);
    await expect(exportRun(run, { format: 'onnx' })).rejects.toThrow('can be exported as a bundle only');
  });

  it('can be a part of the mix', async () => {
    const mixed = { ...settings, predict: { ...settings.predict, mix: ['peak', 'value'], score: 'mix' } };
    await runStage('predict', mixed, run, silent);
    const order = [...(await scores()).values()].sort((a, b) => Number(b.mix) - Number(a.mix));
    expect(new Set(order.slice(0, 3).map(({ id }) => id))).toEqual(new Set([HUGE, SLOW, MIXED]));
    await runStage('predict', settings, run, silent);
  });

  it('refuses a run from event keys', async () => {
    const file = (name: string, lines: string[]) => {
      writeFileSync(join(dir, name), `${lines.join('\n')}\n`);
      return [join(dir, name)];
    };
    const keys = { train: file('a', Array(20).fill('1 2 3')), testNormal: file('b', ['1 2']), testAbnormal: [] };
    const other = await RunFolder.open(join(dir, 'keys'), { create: true });
    const given = settingsSchema.parse({ input: { keys }, model: settings.model, engine: { threads: 1 } });
    await runStage('sessions', given, other, silent);
    await runStage('vocab', given, other, silent);
    await expect(runStage('train', given, other, silent)).rejects.toMatchObject({
      message: 'A model of values reads the parameters of log lines, and this run was made from event keys.',
      next: 'LOGBERT_MODEL_VALUES=false logbert train',
    });
    await other.close();
  });

  it('refuses a log without numbers and times', async () => {
    const plain = join(dir, 'plain.log');
    const lines = Array.from({ length: 60 }, (_, i) => [`INFO a: begin job_${i}`, `INFO a: end of job_${i}`]).flat();
    writeFileSync(plain, `${lines.join('\n')}\n`);
    const input = { files: [plain], format: '<Level> <Component>: <Content>' };
    const { sequences, model, engine } = settings;
    const given = settingsSchema.parse({ input, sequences, model, engine });
    const other = await RunFolder.open(join(dir, 'plain'), { create: true });
    for (const stage of ['parse', 'sessions', 'vocab'] as const) await runStage(stage, given, other, silent);
    await expect(runStage('train', given, other, silent)).rejects.toThrow(
      'No template has a parameter that is a number in all its training lines, and no line a time: there are no values to learn.',
    );
    await other.close();
  });
});
