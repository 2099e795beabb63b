import { expect, it } from 'vitest';
import { settingsSchema } from '../../src/config/schema.js';
import { silent } from '../../src/progress.js';
import { diffLogs } from '../../src/scan/diff.js';
import { service, withLogs } from './logs.js';

/** A service whose line `retry` comes once in each request that `often` names. */
function withRetries(often: (request: number) => boolean): string[] {
  return service(0, 200, true).flatMap((line, i) =>
    i % 4 === 1 && often(i >> 2) ? [line, line.replace(/query.*ms/, 'nothing cached, ask again')] : [line],
  );
}

it('a diff tells nothing of two logs that differ in where their rare lines stand', () =>
  withLogs(async (logs) => {
    const good = withRetries((request) => request % 40 === 0);
    const bad = withRetries((request) => request % 40 === 7 || request % 40 === 8);
    expect((await logs.diff(good, bad)).findings).toEqual([]);
  }));

it('a diff tells of a line that comes far more often, once', () =>
  withLogs(async (logs) => {
    const good = withRetries((request) => request % 40 === 0);
    const bad = withRetries((request) => request % 40 === 0 || (request > 90 && request < 110));
    const { findings } = await logs.diff(good, bad);
    expect(findings.map(({ kind, template }) => `${kind}: ${template}`)).toEqual([
      expect.stringMatching(/^count: nothing cached, ask again/),
    ]);
  }));

it('a bad log without a line is no good one', () =>
  withLogs(async (logs) => {
    await expect(logs.diff(service(0, 20), [])).rejects.toThrow(/bad\.log is empty\.$/);
    await expect(logs.diff(service(0, 20), ['', ' '])).rejects.toThrow(/bad\.log has only blank lines\.$/);
  }));

it('standard input is one of the two logs at most', async () => {
  const options = { good: ['-'], bad: ['-'], context: 0, top: 10 };
  await expect(diffLogs(settingsSchema.parse({}), options, silent)).rejects.toMatchObject({ exitCode: 2 });
});
