import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { SettingsInput } from '../../src/config/schema.js';
import { buildSessions } from '../../src/data/buildSessions.js';
import { readLabelledKeys } from '../../src/data/labelledKeys.js';
import { SPLITS } from '../../src/data/sessions.js';
import { silent } from '../../src/progress.js';
import { settings, temporaryFolder, temporaryRun } from './support.js';

const COUNT: SettingsInput = { sequences: { window: 'count', length: 2 } };

async function read(text: string | Buffer, more: SettingsInput = COUNT, name = 'events.txt') {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  const { ids, labels, splits, offsets, events } = await readLabelledKeys([path], settings(more), silent);
  return ids.map((id, i) => ({
    id,
    label: labels[i],
    split: SPLITS[splits[i]],
    events: [...events.subarray(offsets[i], offsets[i + 1])],
  }));
}

test('lines become windows that the border cuts; a ? line counts as an event without a label', async () => {
  const text = '? 7\n? 8\n0 1\n0 2\n? 3\n\n1 4\r\n0 5\n0 6';
  const expected = [
    { id: 'lines 1-2', label: -1, split: 'train', events: [7, 8] },
    { id: 'lines 3-4', label: 0, split: 'validation', events: [1, 2] },
    { id: 'lines 5-5', label: -1, split: 'test', events: [3] },
    { id: 'lines 6-7', label: 1, split: 'test', events: [4, 5] },
    { id: 'lines 8-8', label: 0, split: 'test', events: [6] },
  ];
  const strict = { ...COUNT, split: { trainFraction: 0.5 } };
  const cut = [...expected.slice(0, 2), { ...expected[3], id: 'lines 5-6', events: [3, 4] }];
  expect(await read(text, strict)).toEqual([...cut, { ...expected[4], id: 'lines 7-8', events: [5, 6] }]);
  const later = await read(gzipSync(text), { ...COUNT, split: { trainFraction: 0.65 } }, 'events.gz');
  expect(later.map(({ id, split }) => `${id} ${split}`)).toEqual([
    'lines 1-2 train',
    'lines 3-4 train',
    'lines 5-5 validation',
    'lines 6-7 test',
    'lines 8-8 test',
  ]);
});

test('what is no event is named by file and line, and other windows are refused', async () => {
  await expect(read('0 1\n0 x\n')).rejects.toThrow(/events.txt:2: expected "label key".*found "0 x"/);
  await expect(read('2 1\n')).rejects.toThrow(/found "2 1"/);
  await expect(read('0 9999999999\n')).rejects.toThrow(/found "0 9999999999"/);
  await expect(read('')).rejects.toThrow('holds no events');
  await expect(read('0 1\n')).rejects.toThrow('none would be before the border');
  await expect(read('0 1\n0 1\n', {})).rejects.toMatchObject({
    exitCode: 2,
    next: expect.stringContaining('--window'),
  });
});

const file = join(resolve(process.env.LOGBERT_TEST_DATA ?? '../shared/data'), 'bgl/BGL_2nd_half_events.txt.gz');
const absent = existsSync(file) ? '' : ` (skipped: no ${file}; set LOGBERT_TEST_DATA)`;
describe.skipIf(absent)(`second half of BGL${absent}`, () => {
  test('has the known counts without a border', async () => {
    const all = settings({
      input: { labelledKeys: [file] },
      sequences: { window: 'count', length: 20 },
      split: { protocol: 'paper' },
    });
    const { splits, ...summary } = await buildSessions(all, await temporaryRun(), silent);
    expect(summary).toMatchObject({ sessions: 117_838, events: 2_356_747, open: 1 });
    // The last, short window is one of them.
    expect(splits.test.anomalies).toBe(7571);
  });
});
