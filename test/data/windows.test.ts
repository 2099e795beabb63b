import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countWindows, timeWindows, type Windows } from '../../src/data/windows.js';

const NEVER = Number.POSITIVE_INFINITY;

/** Lines in some groups, as (group of each line). */
function groupsOf(groupOf: number[]) {
  const count = Math.max(-1, ...groupOf) + 1;
  const members = Array.from({ length: count }, (_, group) =>
    groupOf.flatMap((of, row) => (of === group ? [row] : [])),
  );
  const offsets = new Uint32Array(count + 1);
  members.forEach((rows, i) => {
    offsets[i + 1] = offsets[i] + rows.length;
  });
  return { offsets, rows: Uint32Array.from(members.flat()) };
}

function list({ groups, offsets, rows, starts, open }: Windows) {
  return Array.from(groups, (group, i) => ({
    group,
    rows: [...rows.subarray(offsets[i], offsets[i + 1])],
    start: starts[i],
    open: open[i] === 1,
  }));
}

const size = fc
  .record({ border: fc.nat(70), length: fc.integer({ min: 1, max: 30 }), share: fc.nat(100) })
  .map(({ share, ...rest }) => ({ ...rest, step: 1 + Math.floor((share / 101) * rest.length) }));
const lines = fc.array(fc.nat(2), { maxLength: 60 });
/** Mostly ascending, with steps back and gaps. */
const gaps = fc.array(fc.oneof(fc.integer({ min: -5, max: 20 }), fc.constant(10_000)), {
  minLength: 60,
  maxLength: 60,
});

function timesOf(steps: number[]): Float64Array {
  let time = 1_000_000;
  return Float64Array.from(steps, (step) => {
    time += step;
    return time;
  });
}

test('no count window straddles the border or two groups, and none is longer than asked', () => {
  fc.assert(
    fc.property(lines, size, (groupOf, options) => {
      const windows = list(countWindows(groupsOf(groupOf), options));
      for (const { group, rows, open } of windows) {
        expect(rows.length).toBeGreaterThan(0);
        expect(rows.length).toBeLessThanOrEqual(options.length);
        expect(open).toBe(rows.length < options.length);
        expect(rows.every((row) => groupOf[row] === group)).toBe(true);
        expect(rows[0] < options.border).toBe(rows[rows.length - 1] < options.border);
      }
      expect(windows.map(({ rows }) => rows[0])).toEqual(windows.map(({ rows }) => rows[0]).sort((a, b) => a - b));
    }),
  );
});

test('every line is in a count window, and in one only when windows do not overlap', () => {
  fc.assert(
    fc.property(lines, size, (groupOf, options) => {
      const { rows } = countWindows(groupsOf(groupOf), options);
      expect(new Set(rows).size).toBe(groupOf.length);
      if (options.step === options.length) expect(rows.length).toBe(groupOf.length);
    }),
  );
});

test('overlapping count windows stop when the last line is in one', () => {
  const windows = countWindows(groupsOf([0, 0, 0, 0, 0, 0]), { length: 4, step: 1, border: NEVER });
  expect(list(windows).map(({ rows }) => rows)).toEqual([
    [0, 1, 2, 3],
    [1, 2, 3, 4],
    [2, 3, 4, 5],
  ]);
});

/** What the definition says, window by window, for logs that are short enough. */
function byDefinition(
  groupOf: number[],
  times: Float64Array,
  { length, step, border }: Parameters<typeof timeWindows>[2],
) {
  const rows = groupOf.map((_, row) => row);
  return [rows.filter((row) => row < border), rows.filter((row) => row >= border)].flatMap((side) => {
    const [anchor, last] = [Math.min(...side.map((row) => times[row])), Math.max(...side.map((row) => times[row]))];
    return [...new Set(groupOf)].flatMap((group) => {
      const mine = side.filter((row) => groupOf[row] === group);
      const end = Math.max(...mine.map((row) => times[row]));
      const windows = [];
      for (let start = anchor; mine.length > 0; start += step) {
        const inside = mine.filter((row) => times[row] >= start && times[row] < start + length);
        if (inside.length > 0) windows.push({ group, rows: inside, start, open: start + length > last });
        if (start + length > end) break;
      }
      return windows;
    });
  });
}

test('time windows are those of the definition', () => {
  fc.assert(
    fc.property(lines, gaps, size, (groupOf, steps, options) => {
      const times = timesOf(steps);
      const order = (a: { rows: number[]; start: number }, b: { rows: number[]; start: number }) =>
        a.rows[0] - b.rows[0] || a.start - b.start;
      const found = list(timeWindows(groupsOf(groupOf), times, options));
      expect(found).toEqual(byDefinition(groupOf, times, options).sort(order));
    }),
    { numRuns: 300 },
  );
});

test('a time window holds its first instant and not its last', () => {
  const windows = timeWindows(groupsOf([0, 0, 0, 0]), Float64Array.of(0, 5, 10, 12), {
    length: 10,
    step: 5,
    border: NEVER,
  });
  expect(list(windows).map(({ start, rows, open }) => ({ start, rows, open }))).toEqual([
    { start: 0, rows: [0, 1], open: false },
    { start: 5, rows: [1, 2, 3], open: true },
  ]);
});

test('years between two events cost nothing', () => {
  const windows = timeWindows(groupsOf([0, 0]), Float64Array.of(0, 4e12), { length: 1000, step: 1, border: NEVER });
  // The second event is in every window that starts less than a second before it.
  expect(windows.groups.length).toBe(1 + 1);
});
