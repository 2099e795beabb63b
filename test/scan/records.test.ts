import { expect, it } from 'vitest';
import { at, service, withLogs } from './logs.js';

const TRACE = [
  'java.sql.SQLException: Cannot get a connection, pool error',
  '\tat org.shop.Pool.get(Pool.java:87)',
  '\tat org.shop.Orders.store(Orders.java:31)',
  'Caused by: java.lang.IllegalStateException: Pool exhausted after 17 ms',
  '\tat org.shop.Pool.wait(Pool.java:112)',
  '\t... 2 more',
];

/** The requests at these places end with lines in place of their own from the `left`-th on. */
function broken(lines: string[], left: number, places: number[], end: (request: number) => string[]): string[] {
  const requests = Array.from({ length: lines.length / 4 }, (_, i) => lines.slice(4 * i, 4 * i + 4));
  return requests.flatMap((request, i) => (places.includes(i) ? [...request.slice(0, left), ...end(i)] : request));
}

it('an exception with its trace, its cause and what was said of it is one finding', () =>
  withLogs(async (logs) => {
    await logs.fit(service(0, 200));
    const end = (i: number) => [at(801 + 4 * i, 'order could not be stored', 'ERROR'), ...TRACE];
    const { findings, account } = await logs.scan(broken(service(200, 100), 4, [20, 50, 51, 80], end));
    expect(account).toMatchObject({ joined: 24, rejected: 0 });
    expect(findings).toHaveLength(1);
    const told = [findings[0].template, ...findings[0].along.map(({ template }) => template)];
    expect(told.sort()).toEqual([
      'Caused by: java.lang.IllegalStateException: Pool exhausted after <NUM> ms',
      'java.sql.SQLException: Cannot get a connection, pool error',
      'order could not be stored',
    ]);
  }));

it('what a session lacks where an exception broke it off belongs to the exception', () =>
  withLogs(async (logs) => {
    await logs.fit(service(0, 200, true));
    const end = (i: number) => [at(801 + 4 * i, `order of job_${1200 + i} could not be stored`, 'ERROR'), ...TRACE];
    const { findings } = await logs.scan(broken(service(200, 100, true), 2, [20, 50, 80], end));
    expect(findings).toHaveLength(1);
    expect(findings[0].kind).toMatch(/new-template|rejected/);
    expect(findings[0].sessions.sort()).toEqual(['job_1220', 'job_1250', 'job_1280']);
    expect(findings[0].along.map(({ template }) => template).join()).toContain('which ended behind');
  }));

it('a usual message whose exception is new is one finding too', () =>
  withLogs(async (logs) => {
    const failed = (n: number, trace: string[]) => [at(n, 'order could not be stored', 'ERROR'), ...trace];
    const usual = ['java.lang.IllegalArgumentException: no such article', '\tat org.shop.Orders.store(Orders.java:31)'];
    const often = Array.from({ length: 25 }, (_, i) => 8 * i);
    await logs.fit(broken(service(0, 200), 4, often, (i) => failed(4 * i, usual)));
    const now = broken(service(200, 100), 4, often.slice(0, 13), (i) => failed(801 + 4 * i, i === 48 ? TRACE : usual));
    const { findings } = await logs.scan(now);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ kind: 'rejected', times: 1 });
  }));
