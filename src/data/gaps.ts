import type { EventTable } from './eventTable.js';
import type { Grouped } from './grouping.js';

const [LEAST, MOST] = [-0x80000000, 0x7fffffff];

/**
 * Milliseconds since the event before in the same sequence, 0 for its first; beyond 24.8 days, 24.8 days.
 * @returns undefined where no line has a time
 */
export function gapsOf(
  { offsets, rows }: Pick<Grouped, 'offsets' | 'rows'>,
  { times }: Pick<EventTable, 'times'>,
): Int32Array | undefined {
  if (!times) return undefined;
  const gaps = new Int32Array(rows.length);
  for (let i = 0; i + 1 < offsets.length; i++) {
    for (let at = offsets[i] + 1; at < offsets[i + 1]; at++) {
      gaps[at] = Math.min(MOST, Math.max(LEAST, times[rows[at]] - times[rows[at - 1]]));
    }
  }
  return gaps;
}
