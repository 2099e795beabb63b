import { utimes, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { FORMATS } from '../../src/parse/formats/formats.js';
import { inYear } from '../../src/scan/year.js';
import { type Logs, withLogs } from './logs.js';

/** The year of a log of this first line, written last at `at`. */
async function yearOf(logs: Logs, line: string, at: string, given?: number): Promise<number | undefined> {
  const path = logs.path('sshd.log');
  await writeFile(path, `\n${line}\n`);
  await utimes(path, new Date(at), new Date(at));
  return (await inYear(FORMATS.openssh, [{ name: path, path }], given)).year;
}

it.each([
  ['of the file', 'Dec 10 06:55:46 LabSZ sshd[24200]: Invalid user a', '2024-12-31T08:00:00Z', 2024],
  ['of the year before', 'Dec 10 06:55:46 LabSZ sshd[24200]: Invalid user a', '2025-01-02T08:00:00Z', 2024],
  ['of the file in another time zone', 'Dec 10 18:00:00 LabSZ sshd[1]: Invalid user a', '2024-12-10T08:00:00Z', 2024],
  ['of the file where no line has a time', 'no header', '2023-06-01T00:00:00Z', 2023],
])('times without a year are %s', (_name, line, at, year) =>
  withLogs(async (logs) => expect(await yearOf(logs, line, at)).toBe(year)),
);

it('a year that is given counts', () =>
  withLogs(async (logs) => {
    expect(await yearOf(logs, 'Dec 10 06:55:46 LabSZ sshd[1]: x', '2025-01-02T08:00:00Z', 2011)).toBe(2011);
  }));
