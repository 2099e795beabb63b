import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeTable } from '../../src/data/parquet.js';
import { templateErrors } from '../../src/score/templateErrors.js';
import { topGSweep } from '../../src/score/topG.js';

const dir = mkdtempSync(join(tmpdir(), 'logbert-event-charts-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A row of ranks for each sequence, its templates 0, 1, 2, ...; missed from rank 2 on. */
function eventScores(ranks: number[][]): string {
  const path = join(dir, 'event_scores.parquet');
  const rows = ranks.flatMap((row, sequence) => row.map((rank, template) => ({ sequence, template, rank })));
  const int32 = (name: string, value: (row: (typeof rows)[0]) => number) => {
    return { name, type: 'int32' as const, data: Int32Array.from(rows, value) };
  };
  writeTable(path, { format: 'logbert-event-scores', version: 1 }, [
    int32('sequence', ({ sequence }) => sequence),
    int32('template', ({ template }) => template),
    int32('masked', () => 2),
    int32('misses', ({ rank }) => (rank >= 2 ? 2 : 0)),
    { name: 'rank', type: 'float', data: Float32Array.from(rows, ({ rank }) => rank) },
  ]);
  return path;
}

/** Sequence 0 is that of two normal sessions, 1 of a normal and an abnormal one, 2 of an anomaly. */
const path = eventScores([
  [0, 1, 0],
  [0, 3, 0],
  [0, 3, Infinity],
]);
const scores = {
  values: new Float64Array(5),
  labels: undefined,
  sequences: Int32Array.from([0, 0, 1, 1, 2]),
  strangers: 0,
};
const test = { counted: Uint32Array.from([0, 1, 2, 3, 4]), labels: Int8Array.from([0, 0, 0, 1, 1]) };

it('tells what each top g would have given', async () => {
  const found = await topGSweep(path, scores, test);
  expect(found?.map(({ g }) => g)).toEqual([1, 2, 3, 4]);
  // g 1: all have a miss; g 2 and 3: sequences 1 and 2; g 4: sequence 2, whose last event training never saw.
  expect(found?.map(({ any }) => any)).toEqual([4 / 7, 4 / 5, 4 / 5, 2 / 3]);
  expect(found?.map(({ best }) => best)).toEqual([2 / 3, 4 / 5, 4 / 5, 2 / 3].map((f1) => expect.closeTo(f1)));
});

it('has no sweep where a class or the ranks are missing', async () => {
  expect(await topGSweep(path, scores, { ...test, labels: Int8Array.from([0, 0, 0, 0, -1]) })).toBeUndefined();
  expect(await topGSweep(path, { ...scores, sequences: undefined }, test)).toBeUndefined();
});

it('counts missed events by template, for normal sessions and anomalies', async () => {
  expect(await templateErrors(path, scores, test)).toEqual([
    { template: 1, normal: 1, anomaly: 2 },
    { template: 2, normal: 0, anomaly: 1 },
  ]);
});
