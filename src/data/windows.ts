import { firstNotBelow } from './firstNotBelow.js';
import type { Grouped } from './grouping.js';

/** Windows of rows, in the order of their first rows. */
export interface Windows {
  /** (n) index of the group that a window is cut from */
  groups: Uint32Array;
  /** (n + 1) */
  offsets: Uint32Array;
  /** Rows of events.parquet, ascending inside a window. */
  rows: Uint32Array;
  /** (n) where a time window starts, in milliseconds; NaN for a count window. */
  starts: Float64Array;
  /** (n) 1: the border or the end of the log cuts the window short. */
  open: Uint8Array;
}

type Groups = Pick<Grouped, 'offsets' | 'rows'>;

export interface WindowSize {
  /** Of a window, in lines or milliseconds. */
  length: number;
  /** From the start of a window to the start of the next; at most `length`, so that no line falls between. */
  step: number;
  /** First row of the test side, which no window straddles; Infinity if there is none. */
  border: number;
}

/** One window: `rows[from, to)`. */
interface Cut {
  group: number;
  from: number;
  to: number;
  start: number;
  open: boolean;
}

/**
 * Windows of a fixed count of lines inside each group. The last window of each side of the border may be shorter, so
 * that every line is in one.
 */
export function countWindows(groups: Groups, { length, step, border }: WindowSize): Windows {
  const cuts: Cut[] = [];
  for (const { group, from, to } of sidesOf(groups, border)) {
    for (let start = from; start < to; start += step) {
      const end = start + length;
      cuts.push({ group, from: start, to: Math.min(end, to), start: Number.NaN, open: end > to });
      if (end >= to) break;
    }
  }
  return collect(groups.rows, cuts);
}

/**
 * Windows of a fixed span of time, [start, start + length), inside each group. All groups of one side of the border
 * share a grid of starts, which begins at the earliest time of that side. Windows without an event are not made, and
 * the last one of a group is the first that reaches its last event. An event is in the windows that its own time falls
 * into; inside a window events stay in line order.
 *
 * @param times (rows) milliseconds, none of them NaN
 */
export function timeWindows(groups: Groups, times: Float64Array, { length, step, border }: WindowSize): Windows {
  const rows = groups.rows.slice();
  const cuts: Cut[] = [];
  const sides = sidesOf(groups, border);
  for (const side of [true, false]) {
    const parts = sides.filter(({ before }) => before === side);
    for (const { from, to } of parts) sortByTime(rows.subarray(from, to), times);
    const anchor = parts.reduce((least, { from }) => Math.min(least, times[rows[from]]), Number.POSITIVE_INFINITY);
    const last = parts.reduce((most, { to }) => Math.max(most, times[rows[to - 1]]), Number.NEGATIVE_INFINITY);
    for (const { group, from, to } of parts) {
      for (const cut of spansOf(rows, times, from, to, { anchor, length, step })) {
        cuts.push({ ...cut, group, open: cut.start + length > last });
      }
    }
  }
  return collect(rows, cuts);
}

interface Side {
  group: number;
  /** Whether it's the side before the border. */
  before: boolean;
  from: number;
  to: number;
}

/** The parts of each group before and behind the border, without empty ones. */
function sidesOf({ offsets, rows }: Groups, border: number): Side[] {
  const sides: Side[] = [];
  for (let group = 0; group + 1 < offsets.length; group++) {
    const [from, to] = [offsets[group], offsets[group + 1]];
    const cut = firstNotBelow(rows, border, from, to);
    if (from < cut) sides.push({ group, before: true, from, to: cut });
    if (cut < to) sides.push({ group, before: false, from: cut, to });
  }
  return sides;
}

function* spansOf(
  rows: Uint32Array,
  times: Float64Array,
  from: number,
  to: number,
  { anchor, length, step }: { anchor: number; length: number; step: number },
): Generator<Pick<Cut, 'from' | 'to' | 'start'>> {
  /** The first window that holds a time. */
  const indexAt = (time: number) => Math.max(0, Math.floor((time - anchor - length) / step) + 1);
  let [low, high] = [from, from];
  for (let index = indexAt(times[rows[from]]); high < to; index = Math.max(index + 1, indexAt(times[rows[low]]))) {
    const start = anchor + index * step;
    while (low < to && times[rows[low]] < start) low++;
    while (high < to && times[rows[high]] < start + length) high++;
    // Behind an empty window the next one is where the next event is, however far.
    if (low < high) yield { from: low, to: high, start };
  }
}

/** Logs are nearly always in order of time; where they aren't, equal times stay in line order. */
function sortByTime(rows: Uint32Array, times: Float64Array): void {
  for (let i = 1; i < rows.length; i++) {
    if (times[rows[i]] >= times[rows[i - 1]]) continue;
    rows.sort((a, b) => times[a] - times[b] || a - b);
    return;
  }
}

function collect(rows: Uint32Array, cuts: Cut[]): Windows {
  const ordered = cuts.map((cut) => ({ ...cut, first: leastOf(rows, cut.from, cut.to) }));
  ordered.sort((a, b) => a.first - b.first || a.start - b.start || a.group - b.group);
  const offsets = new Uint32Array(cuts.length + 1);
  ordered.forEach(({ from, to }, i) => {
    offsets[i + 1] = offsets[i] + to - from;
  });
  const all = new Uint32Array(offsets[cuts.length]);
  ordered.forEach(({ from, to }, i) => {
    all.set(rows.subarray(from, to), offsets[i]);
    sortIfNeeded(all.subarray(offsets[i], offsets[i + 1]));
  });
  return {
    groups: Uint32Array.from(ordered, ({ group }) => group),
    offsets,
    rows: all,
    starts: Float64Array.from(ordered, ({ start }) => start),
    open: Uint8Array.from(ordered, ({ open }) => (open ? 1 : 0)),
  };
}

function leastOf(rows: Uint32Array, from: number, to: number): number {
  let least = rows[from];
  for (let i = from + 1; i < to; i++) if (rows[i] < least) least = rows[i];
  return least;
}

function sortIfNeeded(rows: Uint32Array): void {
  for (let i = 1; i < rows.length; i++) {
    if (rows[i] > rows[i - 1]) continue;
    rows.sort();
    return;
  }
}
