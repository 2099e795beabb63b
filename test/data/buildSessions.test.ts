import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SettingsInput } from '../../src/config/schema.js';
import { buildSessions } from '../../src/data/buildSessions.js';
import { generateLog } from '../../src/data/generate.js';
import { loadSessions, SPLITS } from '../../src/data/sessions.js';
import { buildVocabulary } from '../../src/data/vocabulary.js';
import { parseLogs } from '../../src/parse/parse.js';
import { silent } from '../../src/progress.js';
import { listening, settings, temporaryFolder, temporaryRun } from './support.js';

const HEADER = '081109 203530 147 INFO dfs.DataNode: ';

async function build(messages: string[], labels: string | undefined, more: SettingsInput = {}) {
  const dir = temporaryFolder();
  const [log, csv] = [join(dir, 'hdfs.log'), join(dir, 'labels.csv')];
  writeFileSync(log, messages.map((message) => `${HEADER}${message}\n`).join(''));
  if (labels !== undefined) writeFileSync(csv, `BlockId,Label\n${labels}`);
  const all = settings({ ...more, input: { files: [log], labels: labels === undefined ? undefined : csv } });
  const run = await temporaryRun();
  await parseLogs(all, run, silent);
  const progress = listening();
  const summary = await buildSessions(all, run, progress);
  const sessions = await loadSessions(run);
  const byId = Object.fromEntries(
    sessions.ids.map((id, i) => [
      id,
      {
        rows: [...(sessions.rows ?? []).slice(sessions.offsets[i], sessions.offsets[i + 1])],
        label: sessions.labels[i],
        split: SPLITS[sessions.splits[i]],
      },
    ]),
  );
  return { run, all, summary, byId, notes: progress.notes };
}

const MESSAGES = [
  'Receiving block blk_1 now', // 0
  'Receiving block blk_2 now',
  'Starting nothing at all',
  'Receiving block blk_3 now',
  'Receiving block blk_4 now', // 4
  'Deleting blocks blk_1 blk_5 now',
  'Receiving block blk_6 now',
  'Deleting blocks blk_5 blk_5 now',
  'Receiving block blk_4 now', // 8
];

test('groups, labels and splits a log, and accounts for each line', async () => {
  const { summary, byId, notes } = await build(
    MESSAGES,
    'blk_1,Normal\nblk_2,Anomaly\nblk_3,Normal\nblk_5,Anomaly\nblk_6,Normal\nblk_99,Normal\n',
    { split: { trainFraction: 0.67 } },
  );
  expect(byId).toEqual({
    blk_1: { rows: [0, 5], label: 0, split: 'train' },
    blk_2: { rows: [1], label: 1, split: 'excluded' },
    blk_3: { rows: [3], label: 0, split: 'train' },
    blk_4: { rows: [4, 8], label: -1, split: 'validation' },
    blk_5: { rows: [5, 7], label: 1, split: 'test' },
    blk_6: { rows: [6], label: 0, split: 'test' },
  });
  expect(summary).toMatchObject({
    source: 'log',
    protocol: 'strict',
    sessions: 6,
    events: 9,
    straddlers: 2,
    unusedLabels: 1,
    lines: { parsed: 9, inSessions: 8, withoutId: 1, inSeveral: 1 },
  });
  expect(notes).toEqual([
    expect.stringMatching(/^1 label of .*labels.csv name no session/),
    '1 session of 6 without a label.',
  ]);
});

test('without labels, or with one class alone, it says that nothing can be evaluated', async () => {
  expect((await build(MESSAGES, undefined)).notes).toEqual([
    'No session has a label: scores can be made, but not evaluated.',
  ]);
  const labels = [1, 2, 3, 4, 5, 6].map((id) => `blk_${id},Normal\n`).join('');
  expect((await build(MESSAGES, labels)).notes).toEqual([
    'All labelled test sessions are normal (3): F1 says nothing here.',
  ]);
});

test('a log of which no line names a session says what else can be done', async () => {
  await expect(build(['no block', 'none here'], undefined)).rejects.toMatchObject({
    message: 'None of the 2 parsed lines names a session.',
    next: expect.stringMatching(/^logbert sessions --run .* --window count$/),
  });
});

test('windows of lines are named by their lines and labelled by the blocks in them', async () => {
  const { summary, byId } = await build(MESSAGES, 'blk_2,Anomaly\nblk_6,Normal\nblk_99,Normal\n', {
    sequences: { window: 'count', length: 2, step: 2 },
    split: { trainFraction: 0.5 },
  });
  expect(byId).toEqual({
    'lines 1-2': { rows: [0, 1], label: 1, split: 'excluded' },
    'lines 3-4': { rows: [2, 3], label: -1, split: 'train' },
    'lines 5-6': { rows: [4, 5], label: -1, split: 'test' },
    'lines 7-8': { rows: [6, 7], label: 0, split: 'test' },
    'lines 9-9': { rows: [8], label: -1, split: 'test' },
  });
  expect(summary).toMatchObject({
    straddlers: 0,
    unusedLabels: 1,
    lines: { inSessions: 9, withoutId: 0, inSeveral: 0 },
  });
});

test('windows of time in each component keep order, gaps and the border', async () => {
  const dir = temporaryFolder();
  const log = join(dir, 'hdfs.log');
  const at = (time: string, component: string) => `081109 ${time} 1 INFO ${component}: Receiving block blk_${time} now`;
  const lines = [
    at('000000', 'a'), // 0
    at('000010', 'b'),
    at('000130', 'a'),
    at('000120', 'a'), // 3: behind its time
    at('000159', 'b'),
    at('000200', 'a'), // 5: the border
    at('000300', 'a'),
  ];
  writeFileSync(log, lines.join('\n'));
  const all = settings({
    input: { files: [log] },
    sequences: { window: 'time', length: '2m', step: '1m', by: ['component'] },
    split: { trainFraction: 0.75 },
  });
  const run = await temporaryRun();
  await parseLogs(all, run, silent);
  const summary = await buildSessions(all, run, silent);
  const { ids, offsets, rows, gaps, splits, open } = await loadSessions(run);
  const part = (values: ArrayLike<number> | undefined, i: number) =>
    Array.from(values ?? []).slice(offsets[i], offsets[i + 1]);
  expect(ids.map((id, i) => [id, part(rows, i), part(gaps, i), SPLITS[splits[i]], open?.[i]])).toEqual([
    ['a 2008-11-09T00:00:00.000Z lines 1-4', [0, 2, 3], [0, 90_000, -10_000], 'train', 1],
    ['b 2008-11-09T00:00:00.000Z lines 2-5', [1, 4], [0, 109_000], 'validation', 1],
    ['a 2008-11-09T00:02:00.000Z lines 6-7', [5, 6], [0, 60_000], 'test', 1],
  ]);
  expect(summary).toMatchObject({ window: 'time', open: 3, straddlers: 0, lines: { inSessions: 7, withoutId: 0 } });
});

test('alert tags label the windows of each node', async () => {
  const dir = temporaryFolder();
  const log = join(dir, 'bgl.log');
  const at = (tag: string, second: number, node: string) =>
    `${tag} ${1117838570 + second} 2005.06.03 ${node} 2005-06-03-15.42.50.363779 ${node} RAS KERNEL INFO generating core.${second}`;
  const lines = [at('-', 0, 'R1'), at('-', 30, 'R2'), at('KERNDTLB', 59, 'R1'), at('-', 61, 'R2'), at('-', 70, 'R1')];
  writeFileSync(log, lines.join('\n'));
  const all = settings({
    input: { files: [log], format: 'bgl' },
    sequences: { window: 'time', length: '60s', by: ['node'] },
    split: { protocol: 'paper', trainFraction: 0.5 },
  });
  const run = await temporaryRun();
  await parseLogs(all, run, silent);
  await buildSessions(all, run, silent);
  const { ids, labels } = await loadSessions(run);
  expect(ids.map((id, i) => [id, labels[i]])).toEqual([
    ['R1 2005-06-03T22:42:50.363Z lines 1-3', 1],
    ['R2 2005-06-03T22:42:50.363Z lines 2-2', 0],
    ['R2 2005-06-03T22:43:50.363Z lines 4-4', 0],
    ['R1 2005-06-03T22:43:50.363Z lines 5-5', 0],
  ]);
});

test('a field that no line has is named', async () => {
  await expect(build(MESSAGES, undefined, { sequences: { by: ['node'] } })).rejects.toMatchObject({
    message: 'None of the 9 parsed lines names a node.',
    next: expect.stringContaining('--window count --by ""'),
  });
});

test('a split other than the one of the parser is refused', async () => {
  const { run, all } = await build(MESSAGES, undefined, { split: { protocol: 'paper' } });
  const strict = { ...all, split: { ...all.split, protocol: 'strict' as const } };
  await expect(buildSessions(strict, run, silent)).rejects.toMatchObject({
    message: expect.stringContaining('its parser has seen the test lines'),
    next: expect.stringContaining('logbert parse --run'),
  });
  const other = await build(MESSAGES, undefined);
  const later = { ...other.all, split: { ...other.all.split, trainFraction: 0.6 } };
  await expect(buildSessions(later, other.run, silent)).rejects.toThrow('train fraction 0.5, but 0.6 is asked for now');
});

test('steps beyond the window are refused', async () => {
  const sequences = { window: 'count', length: 2, step: 3 } as const;
  await expect(build(MESSAGES, undefined, { sequences })).rejects.toMatchObject({ exitCode: 2 });
});

test('a generated log comes through whole', async () => {
  const dir = temporaryFolder();
  const [log, labels] = [join(dir, 'hdfs.log.gz'), join(dir, 'labels.csv')];
  const made = await generateLog({ sessions: 1000, anomalyRate: 0.05, seed: 3, log, labels });
  const all = settings({ input: { files: [log], labels } });
  const run = await temporaryRun();
  await parseLogs(all, run, silent);
  const { lines, splits, ...summary } = await buildSessions(all, run, silent);
  expect(summary).toMatchObject({ sessions: 1000, unusedLabels: 0, events: made.lines + made.linesOfTwo });
  expect(lines).toEqual({
    parsed: made.lines,
    inSessions: made.lines,
    withoutId: 0,
    inSeveral: made.linesOfTwo,
    withoutTime: 0,
  });
  expect(splits.excluded.anomalies + splits.test.anomalies).toBe(50);
  expect(splits.test.sessions).toBe(500);
  const { unseen, size } = await buildVocabulary(all, run, silent);
  expect(unseen.sessions).toBeGreaterThan(0);
  expect(size).toBeGreaterThan(16);
});

const folder = resolve(process.env.LOGBERT_TEST_DATA ?? '../shared/data', 'hdfs');
const absent = existsSync(join(folder, 'HDFS_2pct.log.gz')) ? '' : ` (skipped: no ${folder}; set LOGBERT_TEST_DATA)`;
describe.skipIf(absent)(`two per cent of HDFS${absent}`, () => {
  test('has the known counts on each side of the border', async () => {
    const all = settings({
      input: { files: [join(folder, 'HDFS_2pct.log.gz')], labels: join(folder, 'HDFS_2pct_anomaly_label.csv') },
    });
    const run = await temporaryRun();
    await parseLogs(all, run, silent);
    const { lines, splits, ...summary } = await buildSessions(all, run, silent);
    expect(summary).toMatchObject({ sessions: 11_501, events: 222_579, unusedLabels: 0, straddlers: 767 });
    expect(lines).toEqual({ parsed: 222_579, inSessions: 222_579, withoutId: 0, inSeveral: 0, withoutTime: 0 });
    expect(splits.test).toMatchObject({ normal: 5_613, anomalies: 138 });
    expect(splits.excluded).toMatchObject({ normal: 0, anomalies: 212 });
    expect(splits.train.sessions + splits.validation.sessions).toBe(5_538);
  });
});
