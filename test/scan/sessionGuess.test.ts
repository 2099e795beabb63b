import { expect, it } from 'vitest';
import { formatNamed } from '../../src/parse/formats/formats.js';
import { guessSessions, patternOf } from '../../src/scan/sessionGuess.js';
import { withLogs } from './logs.js';

const reading = { maxLineBytes: 1 << 16, task: { update: () => {}, finish: () => {} } };

function guess(lines: string[]) {
  return withLogs(async (logs) => {
    const path = await logs.write('a.log', lines);
    return guessSessions([{ name: path, path }], formatNamed('plain'), reading);
  });
}

it.each([
  ['blk_-1608999687919862906', 'blk_-?\\d+'],
  ['job-17', 'job-\\d+'],
  ['a489c868f0c37da9', '[0-9a-f]{16}'],
  ['task=12', 'task=\\d+'],
])('%s has the shape %s', (id, pattern) => {
  expect(patternOf(id)).toBe(pattern);
  expect(id).toMatch(new RegExp(`^${pattern}$`));
});

it('finds the token that comes back within a part of the log', async () => {
  const lines = Array.from({ length: 900 }, (_, i) => `worker_${i % 5} does step ${i % 3} of run_${Math.floor(i / 3)}`);
  expect(await guess(lines)).toMatchObject([{ pattern: 'run_-?\\d+', coverage: 1, ids: 300, lines: 3 }]);
});

it('takes no machine, which is there all the time, and no number that never comes back', async () => {
  expect(await guess(Array.from({ length: 900 }, (_, i) => `node_${i % 30} sent packet_${i}`))).toEqual([]);
});
