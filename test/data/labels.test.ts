import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeLabels, joinLabels, readLabels } from '../../src/data/labels.js';
import { temporaryFolder } from './support.js';

const decode = (text: string) => [...decodeLabels(text, 'labels.csv')];

test('reads words and digits, in any case, with blank lines and other columns', () => {
  const text = 'BlockId,Other,Label\nblk_1,x,Normal\r\nblk_-2,y,ANOMALY\n\nblk_3,,0\n"blk_4","a,b",1\n';
  expect(decode(text)).toEqual([
    ['blk_1', 0],
    ['blk_-2', 1],
    ['blk_3', 0],
    ['blk_4', 1],
  ]);
});

test('CRLF, a byte-order mark and gzip make no difference', async () => {
  const path = join(temporaryFolder(), 'labels.csv');
  const text = '\ufeffBlockId,Label\r\nblk_1,Anomaly\r\n';
  for (const content of [text, gzipSync(text)]) {
    writeFileSync(path, content);
    expect([...(await readLabels(path))]).toEqual([['blk_1', 1]]);
  }
});

test.each([
  ['Block,Label\nblk_1,Normal\n', 'labels.csv:1: expected the columns BlockId and Label'],
  [
    'BlockId,Label\nblk_1,Normal\nblk_2,Weird\n',
    'labels.csv:3: expected the label Normal or Anomaly (or 0 or 1), found "Weird"',
  ],
  ['BlockId,Label\nblk_1\n', 'labels.csv:2: expected the label'],
  ['BlockId,Label\n,Normal\n', 'labels.csv:2: a label without a block id'],
  ['BlockId,Label\nblk_1,Normal\nblk_1,0\nblk_1,Anomaly\n', 'labels.csv:4: blk_1 is labelled both'],
  ['BlockId,Label\n', 'labels.csv holds no labels'],
  ['', 'labels.csv holds no labels'],
  ['\u001b[31mred\u0000', 'labels.csv:1: expected the columns'],
])('refuses %j', (text, message) => {
  expect(() => decode(text)).toThrow(message);
  expect(() => decode(text)).not.toThrow('\u001b');
});

test('a missing file, a folder and a cut gzip are told apart', async () => {
  const dir = temporaryFolder();
  const cut = join(dir, 'cut.gz');
  writeFileSync(cut, gzipSync('BlockId,Label\n'.repeat(500)).subarray(0, 30));
  await expect(readLabels(join(dir, 'none.csv'))).rejects.toThrow('There is no file');
  await expect(readLabels(dir)).rejects.toThrow('is a folder');
  await expect(readLabels(cut)).rejects.toThrow('is damaged: it ends too early');
});

test('sessions without a label are unknown, labels without a session are counted', () => {
  const labels = new Map([
    ['a', 1],
    ['b', 0],
    ['elsewhere', 1],
  ]);
  expect(joinLabels(['b', 'new', 'a'], labels)).toEqual({ joined: Int8Array.of(0, -1, 1), unused: 1 });
});
