import { expect, it } from 'vitest';
import { ReadingEnd } from '../../src/scan/budget.js';
import { at, withLogs } from './logs.js';

const LINES = Array.from({ length: 30_000 }, (_, i) => at(i, `worker ${i % 7} took step ${i % 50}`));

it('ends a pass at its time, behind the first lines at the earliest, or where another one ended', () => {
  const late = new ReadingEnd(performance.now() - 1);
  expect(late.enough(0)).toBe(false);
  expect(late.lines).toBeUndefined();
  expect(late.enough(10)).toBe(true);
  expect(late.lines).toBe(10);
  const behind = new ReadingEnd(Number.POSITIVE_INFINITY, 20);
  expect([0, 19, 20].map(behind.enough)).toEqual([false, false, true]);
});

it('reads what the budget allows, says what was left out, and knows every template of what it read', () =>
  withLogs(async (logs) => {
    const { account, linesRead } = await logs.fit(LINES, { budget: 0.001 });
    expect(linesRead).toBeGreaterThan(0);
    expect(linesRead).toBeLessThan(LINES.length);
    expect(account).toMatchObject({ linesIn: linesRead, parsed: linesRead, unknown: 0 });
    expect((await logs.fit(LINES.slice(0, 100), { budget: 0.001 })).linesRead).toBeUndefined();
  }));
