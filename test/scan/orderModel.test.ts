import { expect, it } from 'vitest';
import { openScan } from '../../src/scan/scanBundle.js';
import { orderly, withLogs } from './logs.js';

/** Two neighbours of every tenth session swapped: the same counts, and each pair of neighbours occurs elsewhere. */
const swapped = (events: number[], session: number) => {
  const at = 3 + session / 10;
  return session % 10 === 0 ? [...events.slice(0, at), events[at + 1], events[at], ...events.slice(at + 2)] : events;
};

it('learns the order of events, finds what counts and neighbours cannot, and is kept while it fits what is learnt', () =>
  withLogs(async (logs) => {
    const { order } = await logs.fit(orderly(200), { budget: 60 });
    expect(order).toMatch(/rules and counts leave/);
    const first = (await openScan(logs.bundle)).orderModel;
    expect(first?.sessions).toBeGreaterThan(50);
    const { findings } = await logs.scan(orderly(100, swapped));
    const told = findings.filter(({ found }) => found.includes('with a probability of'));
    expect(told.length).toBeGreaterThan(0);
    for (const { kind, sessions } of told) {
      expect(kind).toBe('sequence');
      expect(sessions.filter((id) => !/^job_1\d\d0$/.test(id))).toEqual([]);
    }

    const update = async (lines: string[]) => (await logs.fit(lines, { update: logs.bundle, budget: 60 })).order;
    expect(await update(orderly(50))).toBe('the sequence model before is kept: 0 alarms on 50 new sessions');
    const second = (await openScan(logs.bundle)).orderModel;
    expect(second?.checkpoint).toEqual(first?.checkpoint);
    expect(second?.sessions).toBe((first?.sessions ?? 0) + 50);
    expect(await update(orderly(50, (events) => [...events].reverse()))).toMatch(
      /^no sequence model: 50 sessions or windows of lines, of 120 that it needs; the one before gave 50 alarms on 50 .* dropped$/,
    );
    expect((await openScan(logs.bundle)).orderModel).toBeUndefined();
  }));

it.each([
  ['too few sessions', 30, 60, /sessions or windows of lines, of 120 that it needs/],
  ['no time', 200, 0.01, /no time is left/],
])('says why nothing was learnt: %s', (_name, sessions, budget, why) =>
  withLogs(async (logs) => {
    expect((await logs.fit(orderly(sessions), { budget })).order).toMatch(why);
    expect((await openScan(logs.bundle)).orderModel).toBeUndefined();
  }),
);
