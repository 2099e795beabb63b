import { expect, test } from 'vitest';
import { openSessions } from '../../src/data/openEnds.js';

/** Sessions as lists of times; each event is a row of its own, in order of time. */
function open(sessions: number[][], withTimes = true): number[] {
  const times = sessions.flat().sort((a, b) => a - b);
  const offsets = new Uint32Array(sessions.length + 1);
  sessions.forEach((session, i) => {
    offsets[i + 1] = offsets[i] + session.length;
  });
  const rows = Uint32Array.from(sessions.flat(), (time) => times.indexOf(time));
  return [...openSessions({ offsets, rows }, withTimes ? Float64Array.from(times) : undefined, times.length)];
}

test('a session is open while silences as long as its own have mostly been interrupted', () => {
  expect(
    open([
      [0, 10, 20],
      [8, 18, 28],
      [50, 60, 70],
      [72, 84, 95],
      [81, 91, 100],
    ]),
  ).toEqual([1, 1, 0, 1, 1]);
});

test('a session that goes through the whole log is open', () => {
  expect(open([[0, 50, 100]])).toEqual([1]);
});

test('without times silences are measured in lines', () => {
  expect(
    open(
      [
        [0, 1, 2],
        [3, 4, 5],
        [6, 7, 8],
      ],
      false,
    ),
  ).toEqual([1, 0, 1]);
});

test('sessions of one event have no silence that was interrupted, so that none is open', () => {
  expect(open([[0], [1], [2]])).toEqual([0, 0, 0]);
});
