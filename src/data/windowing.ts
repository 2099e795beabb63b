import type { Settings } from '../config/schema.js';
import { UsageError } from '../error.js';

/** What lines can have in common: a session id, or the value of a column of events.parquet. */
export type SharedField = NonNullable<Settings['sequences']['by']>[number];

/** How a log is cut into sequences: lines that share `by` are a group; windows are cut inside each group. */
export type Windowing =
  | { window: 'session'; by: SharedField[] }
  /** `length` and `step` in lines. */
  | { window: 'count'; by: SharedField[]; length: number; step: number }
  /** `length` and `step` in milliseconds. */
  | { window: 'time'; by: SharedField[]; length: number; step: number };

const MILLISECONDS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const DEFAULT_LINES = 20;
const DEFAULT_SPAN = '5m';

/**
 * The settings with their defaults, which depend on the window: sessions by session id; windows over all lines, of 20
 * lines or 5 minutes. Without a step windows don't overlap.
 * @throws UsageError when the unit is not that of the window, or the step beyond the length
 */
export function windowingOf({ window, by, length, step }: Settings['sequences']): Windowing {
  if (window === 'session') return { window, by: by ?? ['session'] };
  const read = window === 'count' ? linesIn : millisecondsIn;
  const long = length ?? (window === 'count' ? DEFAULT_LINES : DEFAULT_SPAN);
  const windowing = { window, by: by ?? [], length: read('length', long), step: read('step', step ?? long) };
  if (windowing.step > windowing.length) {
    const message = `sequences.step (${step}) is beyond sequences.length (${long}): lines between windows would be lost.`;
    throw new UsageError(message);
  }
  return windowing;
}

function linesIn(name: string, value: number | string): number {
  if (typeof value === 'number') return value;
  throw new UsageError(`Count windows need sequences.${name} as a number of lines, found "${value}".`);
}

function millisecondsIn(name: string, value: number | string): number {
  const [, number, unit] = /^([\d.]+)(ms|s|m|h|d)$/.exec(String(value)) ?? [];
  const span = Math.round(Number(number) * MILLISECONDS[unit as keyof typeof MILLISECONDS]);
  if (span > 0) return span;
  throw new UsageError(`Time windows need sequences.${name} as a span of time such as 5m or 30s, found "${value}".`);
}
