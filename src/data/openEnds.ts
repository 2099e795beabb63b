import type { Grouped } from './grouping.js';

/** About so many gaps, evenly chosen, stand for all of them. */
const SAMPLE = 200_000;

/**
 * Marks the sessions that an end of the log may have cut. At the end of the log a session has been silent for some
 * time; it is open unless more sessions of this log have ended in a silence at least as long than have gone on after
 * one. The start of the log is treated alike, with the silence before a session's first event.
 *
 * @param times (rows) milliseconds; without them a silence is measured in rows
 * @param total rows of the whole log
 * @returns (sessions) 1: open
 */
export function openSessions(
  { offsets, rows }: Pick<Grouped, 'offsets' | 'rows'>,
  times: Float64Array | undefined,
  total: number,
): Uint8Array {
  const at = (row: number) => (times ? times[row] : row);
  const [start, end] = [at(0), at(total - 1)];
  const count = offsets.length - 1;
  const before = Float64Array.from({ length: count }, (_, i) => at(rows[offsets[i]]) - start);
  const behind = Float64Array.from({ length: count }, (_, i) => end - at(rows[offsets[i + 1] - 1]));
  const gaps = gapsOf(offsets, rows, at);
  const [shortBefore, shortBehind] = [leastClosed(gaps, before), leastClosed(gaps, behind)];
  return Uint8Array.from(before, (silence, i) => (silence < shortBefore || behind[i] < shortBehind ? 1 : 0));
}

interface Gaps {
  /** Ascending. */
  values: Float64Array;
  /** How many gaps each value stands for. */
  weight: number;
}

function gapsOf(offsets: Uint32Array, rows: Uint32Array, at: (row: number) => number): Gaps {
  const weight = Math.max(1, Math.floor(rows.length / SAMPLE));
  const gaps: number[] = [];
  for (let i = 0, event = 0; i + 1 < offsets.length; i++) {
    for (; event < offsets[i + 1]; event += weight) {
      if (event > offsets[i]) gaps.push(at(rows[event]) - at(rows[event - 1]));
    }
  }
  return { values: Float64Array.from(gaps).sort(), weight };
}

/** The shortest silence that ended more sessions than it interrupted; shorter ones are no end. */
function leastClosed({ values, weight }: Gaps, silences: Float64Array): number {
  const sorted = silences.slice().sort();
  for (let gap = 0, i = 0; i < sorted.length; i++) {
    while (gap < values.length && values[gap] < sorted[i]) gap++;
    if ((values.length - gap) * weight < sorted.length - i) return sorted[i];
  }
  return Infinity;
}
