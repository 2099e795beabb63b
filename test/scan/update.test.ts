import { expect, it } from 'vitest';
import { openScan } from '../../src/scan/scanBundle.js';
import { at, service, withLogs } from './logs.js';

/** Requests that begin at `from`, each with a further line so many times. */
const busy = (from: number, requests: number, retries: number) =>
  Array.from({ length: requests }, (_, i) => {
    const id = `job_${1000 + from + i}`;
    const retry = Array.from({ length: retries }, () => at(4 * (from + i) + 1, `query is retried ${id}`));
    const lines = service(from + i, 1, true);
    return [...lines.slice(0, 2), ...retry, ...lines.slice(2)];
  }).flat();

it('sessions of both logs are known, and how many there were', () =>
  withLogs(async (logs) => {
    await logs.fit(busy(0, 90, 2));
    const first = (await openScan(logs.bundle)).sessionModel;
    await logs.fit(busy(90, 60, 9), { update: logs.bundle });
    const second = (await openScan(logs.bundle)).sessionModel;
    expect(second.sessions).toBe(first.sessions + 60);
    expect(second.state).toMatchObject({ times: [90, 60] });
    for (const retries of [2, 9]) {
      const { findings } = await logs.scan(busy(300, 60, retries));
      expect(findings.filter(({ kind }) => kind === 'session' || kind === 'extra')).toEqual([]);
    }
  }));
