import { expect, test } from 'vitest';
import { windowingOf } from '../../src/data/windowing.js';
import { settings } from './support.js';

const windowing = (sequences: object) => windowingOf(settings({ sequences }).sequences);

test('defaults depend on the window', () => {
  expect(windowing({})).toEqual({ window: 'session', by: ['session'] });
  expect(windowing({ window: 'count' })).toEqual({ window: 'count', by: [], length: 20, step: 20 });
  expect(windowing({ window: 'time' })).toEqual({ window: 'time', by: [], length: 300_000, step: 300_000 });
  expect(windowing({ window: 'time', length: '1.5s', step: '250ms', by: ['node'] })).toEqual({
    window: 'time',
    by: ['node'],
    length: 1500,
    step: 250,
  });
});

test('a unit that is not that of the window, and steps beyond it, are refused', () => {
  expect(() => windowing({ window: 'time', length: 20 })).toThrow('a span of time such as 5m or 30s, found "20"');
  expect(() => windowing({ window: 'count', length: '5m' })).toThrow('a number of lines, found "5m"');
  expect(() => windowing({ window: 'time', length: '0s' })).toThrow('found "0s"');
  expect(() => windowing({ window: 'count', length: 2, step: 3 })).toThrow('lines between windows would be lost');
});
