import type { Events } from './events.js';

/** Times of the earliest and the latest line, ISO 8601; null where no line gives one. */
export function timesOf({ time, rows }: Events): { first: string | null; last: string | null } {
  const { from, to } = boundsOf(time.subarray(0, rows));
  return { first: iso(from), last: iso(to) };
}

/** The earliest and the latest time; infinite where there is none. */
export function boundsOf(times: Iterable<number>): { from: number; to: number } {
  const bounds = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
  for (const time of times) {
    if (time < bounds.from) bounds.from = time;
    if (time > bounds.to) bounds.to = time;
  }
  return bounds;
}

export function iso(time: number): string | null {
  return Number.isFinite(time) ? new Date(time).toISOString() : null;
}
