import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeTable } from '../../src/data/parquet.js';
import { firstMisses } from '../../src/score/firstMiss.js';

const dir = mkdtempSync(join(tmpdir(), 'logbert-first-miss-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Sequences of 4 events and an end; `missed` has a row of misses for each. */
function eventScores(missed: number[][]): string {
  const path = join(dir, 'event_scores.parquet');
  const rows = missed.flatMap((row, sequence) => row.map((misses, position) => ({ sequence, position, misses })));
  const column = (name: keyof (typeof rows)[0]) => ({
    name,
    type: 'int32' as const,
    data: Int32Array.from(rows, (row) => row[name]),
  });
  const columns = [column('sequence'), column('position'), column('misses')];
  writeTable(path, { format: 'logbert-event-scores', version: 1 }, columns);
  return path;
}

it('counts the events of found anomalies up to the first missed one; a missed end is known after the last', async () => {
  const path = eventScores([
    [0, 1, 1, 0, 0],
    [0, 0, 0, 0, 1],
    [0, 0, 0, 0, 0],
    [1, 0, 0, 0, 0],
  ]);
  // Sessions: three anomalies that are alerts, one that is not, a false alarm.
  const found = await firstMisses(
    path,
    { offsets: Uint32Array.from([0, 4, 8, 12, 16, 20]) },
    {
      values: new Float64Array(5),
      labels: undefined,
      sequences: Int32Array.from([0, 1, 2, 3, 3]),
      strangers: 0,
    },
    {
      counted: Uint32Array.from([0, 1, 2, 3, 4]),
      labels: Int8Array.from([1, 1, 1, 1, 0]),
      detector: {
        name: 'x',
        ranks: true,
        scores: Float64Array.from([9, 9, 9, 0, 9]),
        threshold: { rule: '', value: 5, chosenOn: 'validation' },
      },
    },
  );
  expect(found).toEqual({ sessions: 2, without: 1, median: 2, ninth: 4, share: 0.75 });
});
