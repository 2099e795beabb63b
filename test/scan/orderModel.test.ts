import { expect, it } from 'vitest';
import { openScan } from '../../src/scan/scanBundle.js';
import { orderly, withLogs } from './logs.js';

/** Two neighbours of session 5 swapped: the same counts, and each pair of neighbours occurs elsewhere. */
const swapped = (events: number[], session: number) =>
  session === 5 ? [...events.slice(0, 9), events[10], events[9], ...events.slice(11)] : events;

it('learns the order of events, keeps it in the bundle, and finds what counts and neighbours cannot', () =>
  withLogs(async (logs) => {
    const { order } = await logs.fit(orderly(200), { budget: 60 });
    expect(order).toMatch(/rules and counts leave/);
    expect((await openScan(logs.bundle)).orderModel?.sessions).toBeGreaterThan(50);
    const { findings } = await logs.scan(orderly(50, swapped));
    expect(findings[0]).toMatchObject({ kind: 'order', sessions: ['job_1005'] });
    expect(findings[0].found).toContain('with a probability of');
  }));

it.each([
  ['too few sessions', 30, 60, /sessions, of 100 that it needs/],
  ['no time', 200, 0.01, /no time is left/],
])('says why nothing was learnt: %s', (_name, sessions, budget, why) =>
  withLogs(async (logs) => {
    expect((await logs.fit(orderly(sessions), { budget })).order).toMatch(why);
    expect((await openScan(logs.bundle)).orderModel).toBeUndefined();
  }),
);
