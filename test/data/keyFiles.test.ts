import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { distinctSequences } from '../../src/data/distinct.js';
import { type KeyFiles, readKeyFiles } from '../../src/data/keyFiles.js';
import { loadSessions, type Sessions, saveSessions } from '../../src/data/sessions.js';
import { countSessions } from '../../src/data/summary.js';
import { silent } from '../../src/progress.js';
import { temporaryFolder, temporaryRun } from './support.js';

const folder = resolve(process.env.LOGBERT_TEST_DATA ?? '../shared/data', 'hdfs');

async function read(train: string | Buffer, normal: string | Buffer = '9\n', abnormal: string | Buffer = '8 8\n') {
  const dir = temporaryFolder();
  const files = Object.entries({ train, normal, abnormal }).map(([name, content]) => {
    writeFileSync(join(dir, name), content);
    return join(dir, name);
  });
  const keys: KeyFiles = { train: [files[0]], testNormal: [files[1]], testAbnormal: [files[2]] };
  return readKeyFiles(keys, 0.5, silent);
}

function sequencesOf({ ids, offsets, events }: Sessions) {
  return ids.map((id, i) => [id, ...events.subarray(offsets[i], offsets[i + 1])]);
}

test('the files are the split', async () => {
  const sessions = await read('1 2 3\n4\n5 0\n6\n', '7 10\n', '2147483647\n1 1\n');
  expect(sequencesOf(sessions)).toEqual([
    ['train:1', 1, 2, 3],
    ['train:2', 4],
    ['train:3', 5, 0],
    ['train:4', 6],
    ['normal:1', 7, 10],
    ['abnormal:1', 2147483647],
    ['abnormal:2', 1, 1],
  ]);
  expect([...sessions.splits]).toEqual([0, 0, 1, 1, 2, 2, 2]);
  expect([...sessions.labels]).toEqual([0, 0, 0, 0, 0, 1, 1]);
  expect(sessions.rows).toBeUndefined();
});

test('gzip, CRLF, a byte-order mark, blank lines and a missing last line end make no difference', async () => {
  const expected = sequencesOf(await read('1 2\n3\n'));
  for (const train of ['\ufeff1 2\r\n3', '\n1  2 \n\n\n\t3\n', gzipSync('1 2\n3\n')]) {
    expect(sequencesOf(await read(train))).toEqual(expected);
  }
});

test('several files of a kind follow each other', async () => {
  const dir = temporaryFolder();
  const [one, two] = [join(dir, 'one'), join(dir, 'two')];
  writeFileSync(one, '1\n2');
  writeFileSync(two, '3\n');
  const sessions = await readKeyFiles({ train: [one, two], testNormal: [two], testAbnormal: [two] }, 0.1, silent);
  expect(sequencesOf(sessions)).toEqual([
    ['train:1', 1],
    ['train:2', 2],
    ['train:3', 3],
    ['normal:1', 3],
    ['abnormal:1', 3],
  ]);
});

test.each([
  ['1 2\n3 E5 4\n', /train:2: expected keys from 0 to 2147483647, found "E5"/],
  ['1 2\n\n3 12x 4\n', /train:3: .* found "12x"/],
  ['-1\n', /train:1: .* found "-1"/],
  ['2147483648\n', /train:1: .* found "2147483648"/],
  ['', /train holds no sessions/],
  [' \n\n', /train holds no sessions/],
  [gzipSync('1 2 3\n'.repeat(100)).subarray(0, 25), /train is damaged: it ends too early/],
])('refuses %j', async (train, message) => {
  await expect(read(train)).rejects.toMatchObject({ exitCode: 1, message: expect.stringMatching(message) });
});

const absent = existsSync(join(folder, 'hdfs_train.gz')) ? '' : ` (skipped: no ${folder}; set LOGBERT_TEST_DATA)`;
describe.skipIf(absent)(`the whole of HDFS${absent}`, () => {
  test('has the published counts, and comes back from the run as it was', async () => {
    const file = (name: string) => join(folder, `hdfs_${name}.gz`);
    const keys = { train: [file('train')], testNormal: [file('test_normal')], testAbnormal: [file('test_abnormal')] };
    const sessions = await readKeyFiles(keys, 0.1, silent);
    const { splits, ...all } = countSessions(sessions);
    expect(all).toMatchObject({
      sessions: 575_059,
      events: 11_172_157,
      distinct: 18_372,
      lengths: { min: 2, max: 298 },
    });
    expect(splits.train.sessions + splits.validation.sessions).toBe(4_855);
    expect(splits.validation.sessions).toBe(486);
    expect(splits.test).toMatchObject({ normal: 553_366, anomalies: 16_838, unlabelled: 0 });
    expect(distinctOf(sessions, 'train:')).toBe(839);
    expect(distinctOf(sessions, 'normal:')).toBe(14_177);
    expect(distinctOf(sessions, 'abnormal:')).toBe(4_123);

    const run = await temporaryRun();
    await saveSessions(run, sessions, { from: [], settings: {} });
    expect(same(await loadSessions(run), sessions)).toBe(true);
  });
});

function distinctOf(sessions: Sessions, prefix: string): number {
  return distinctSequences(sessions, (i) => sessions.ids[i].startsWith(prefix)).sequences.length;
}

/** Equality of large sessions: the assertion of vitest would take minutes. */
function same(a: Sessions, b: Sessions): boolean {
  const arrays = ['labels', 'splits', 'offsets', 'events'] as const;
  return (
    a.rows === b.rows &&
    a.ids.length === b.ids.length &&
    a.ids.every((id, i) => id === b.ids[i]) &&
    arrays.every((name) => Buffer.compare(new Uint8Array(a[name].buffer), new Uint8Array(b[name].buffer)) === 0)
  );
}
