import { expect, it } from 'vitest';
import { findSession } from '../../src/explain/findSession.js';

const sessions = { ids: ['blk_1 a.log', 'blk_1 b.log', 'blk_2 a.log', 'blk_1'] };

it.each([
  ['blk_1', 3],
  ['blk_1 b.log', 1],
  ['blk_2', 2],
])('finds %s', (asked, index) => {
  expect(findSession(sessions, asked)).toBe(index);
});

it('names those that it may be', () => {
  expect(() => findSession({ ids: sessions.ids.slice(0, 3) }, 'blk_1')).toThrow(
    'blk_1 names 2 sessions: "blk_1 a.log", "blk_1 b.log". Give the whole id of one.',
  );
});
