import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { UserError } from '../../src/error.js';
import { readScores } from '../../src/score/scores.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'logbert-scores-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(text: string): string {
  const path = join(folder, 'scores.csv');
  writeFileSync(path, text);
  return path;
}

it('joins scores with sessions by id, in any order and with any other columns', async () => {
  const path = file('﻿note,score,id,label\r\n"a, b",2.5,blk_2,1\r\n,-1e-3,blk_0,\r\n\r\nx,7,elsewhere,0\r\n');
  const scores = await readScores(path, ['blk_0', 'blk_1', 'blk_2']);
  expect(scores.values).toEqual(Float64Array.of(-0.001, NaN, 2.5));
  expect(scores.labels).toEqual(Int8Array.of(-1, -1, 1));
  expect(scores.sequences).toBeUndefined();
  expect(scores.strangers).toBe(1);
});

it("reads the run's own scores with their sequences", async () => {
  const path = file('id,label,split,length,sequence,score,nll\na,0,test,4,7,0.5,0.5\nb,1,test,4,3,1.5,1.5\n');
  const scores = await readScores(path, ['a', 'b', 'c']);
  expect(scores.sequences).toEqual(Int32Array.of(7, 3, -1));
  expect(scores.labels).toEqual(Int8Array.of(0, 1, -1));
});

it.each([
  ['', /is empty; expected a CSV with the columns id,score/],
  ['session,score\na,1\n', /:1: expected a CSV with the columns id and score, found "session", "score"/],
  ['id;score\na;1\n', /:1: .* found "id;score"/],
  ['id,score\na,1\nb,NaN\n', /:3: the score is "NaN", expected a finite number/],
  ['id,score\na,Infinity\n', /:2: the score is "Infinity"/],
  ['id,score\na,1e999\n', /:2: the score is "1e999"/],
  ['id,score\na,\n', /:2: the score is ""/],
  ['id,score\na\n', /:2: the score is ""/],
  ['id,score\n"a\nz",1\n\nb,1\nb,2\n', /:6: session "b" comes a second time/],
  ['id,score\n,2\n', /:2: the id is empty/],
  ['id,score,label\na,2,maybe\n', /:2: the label is "maybe", expected 1, 0 or nothing/],
  ['id,score\na,1\n"b,2\n', /Quoted field unterminated|:3:/],
  [`id,score\na,\u001b[31m${'9'.repeat(90)}x\n`, /the score is "\\u001b\[31m9+…", expected/],
])('names the line of a fault: %j', async (text, message) => {
  const failure = await readScores(file(text), ['a', 'b']).catch((error) => error);
  expect(failure).toBeInstanceOf(UserError);
  expect(failure.message).toMatch(message);
});

it('says that the file is missing', async () => {
  await expect(readScores(join(folder, 'none.csv'), [])).rejects.toThrow(/No file .*none.csv; expected a CSV/);
  await expect(readScores(folder, [])).rejects.toThrow(/is a folder/);
});

it('stops at a fault in the middle of a long file', async () => {
  const rows = Array.from({ length: 50_000 }, (_, i) => `blk_${i},${i === 30_000 ? 'x' : i}`);
  await expect(readScores(file(['id,score', ...rows].join('\n')), [])).rejects.toThrow(/:30002: the score is "x"/);
});

it('keeps characters whole that a chunk of the file cuts', async () => {
  const ids = Array.from({ length: 40_000 }, (_, i) => `säsßion–${i}`);
  const scores = await readScores(file(['id,score', ...ids.map((id, i) => `${id},${i}`)].join('\n')), ids);
  expect(scores.values.every((value, i) => value === i)).toBe(true);
});
