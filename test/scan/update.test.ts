import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { acceptFinding } from '../../src/scan/accept.js';
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

it("another log's lines are not learnt into a bundle", () =>
  withLogs(async (logs) => {
    await logs.fit(service(0, 60));
    const before = readFileSync(logs.bundle);
    const foreign = Array.from({ length: 50 }, (_, i) => `{"msg":"served","id":${i}}`);
    await expect(logs.fit(foreign, { update: logs.bundle })).rejects.toThrow(
      /^100 % of the 50 lines haven't the format of .*bundle\.zip, which learnt spark lines of .*good\.log/,
    );
    expect(readFileSync(logs.bundle)).toEqual(before);
  }));

it('of two that change a bundle at once the second is told to wait, and nothing is lost', () =>
  withLogs(async (logs) => {
    await logs.fit(service(0, 60));
    const ids = ['0123456789ab', '1123456789ab', '2123456789ab'];
    const update = logs.fit(service(60, 60), { update: logs.bundle });
    const accepted = ids.map((finding) => acceptFinding({ bundle: logs.bundle, finding, note: '' }));
    const outcomes = await Promise.allSettled([update, ...accepted]);
    const said = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.message] : []));
    expect(said.length).toBeGreaterThan(0);
    for (const message of said) expect(message).toMatch(/bundle\.zip is in use by process \d+ since .*\. Wait for it/);
    const done = outcomes.slice(1).filter(({ status }) => status === 'fulfilled');
    const state = await openScan(logs.bundle);
    expect(state.accepted).toHaveLength(done.length);
    expect(state.fittings).toHaveLength(outcomes[0].status === 'fulfilled' ? 2 : 1);
  }));

it('a session id that no line has is refused', () =>
  withLogs(async (logs) => {
    const settings = { sequences: { sessionId: 'zzz\\d+' } };
    await expect(logs.fit(service(0, 60), {}, settings)).rejects.toThrow(
      /^None of the 240 lines of .*good\.log has a session id \(--session-id zzz\\d\+\)\.$/,
    );
  }));
