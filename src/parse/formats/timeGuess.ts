import { knownTime, TimeRule } from './timeRule.js';

const DATES = [
  'yyyy?MM?dd',
  'yyMMdd',
  'yyyyMMdd',
  'yy/MM/dd',
  'dd/MMM/yyyy',
  'd MMM yyyy',
  'dd.MM.yyyy',
  'MM/dd/yyyy',
  'MM-dd',
];
const TIMES = ['HH:mm:ssfZ', 'HHmmss', 'H:m:sf'];

/** Patterns of a time that takes so many fields, likely ones first (timeRule.ts). */
export function timePatterns(fields: number): string[] {
  if (fields === 3) return ['MMM d HH:mm:ssf', 'd MMM HH:mm:ssf'];
  // A blank in a pattern goes from one field to the next.
  const single = DATES.filter((date) => !date.includes(' '));
  if (fields === 2) return single.flatMap((date) => TIMES.map((time) => `${date} ${time}`));
  const joined = DATES.flatMap((date) => ['T', ' ', ' +', ':'].map((between) => `${date}${between}HH:mm:ssf`));
  const zoned = joined.flatMap((pattern) => [`${pattern}Z`, `${pattern} Z`]);
  return [...zoned, 'EEE MMM d HH:mm:ssf yyyy', 'MMM d HH:mm:ssf', ...DATES, 'HH:mm:ssfZ', 'Xf', 'x'];
}

/** Reads times in text of which no pattern is known. */
export class TimeGuess {
  private readonly rules = timePatterns(1)
    .slice(0, -2)
    .map((pattern) => new TimeRule({ fields: ['Time'], pattern }, () => 0));
  private last = 0;

  /** Milliseconds since 1970-01-01 UTC; NaN when it's no time. The magnitude of a number tells its unit. */
  read(value: unknown): number {
    if (typeof value === 'number') return ofNumber(value);
    if (typeof value !== 'string') return Number.NaN;
    if (/^\d{9,19}(\.\d+)?$/.test(value)) return ofNumber(Number(value));
    return this.ofText(value);
  }

  private ofText(text: string): number {
    const bytes = Buffer.from(text);
    const bounds = { starts: Int32Array.of(0), ends: Int32Array.of(bytes.length) };
    for (let i = 0; i < this.rules.length; i++) {
      const at = (this.last + i) % this.rules.length;
      const time = this.rules[at].read(bytes, bounds);
      if (Number.isNaN(time)) continue;
      this.last = at;
      return time;
    }
    return Number.NaN;
  }
}

/** Seconds, milliseconds, microseconds or nanoseconds since 1970: each is a date of our age in one of them alone. */
function ofNumber(value: number): number {
  if (!(value >= 1e8 && value < 1e20)) return Number.NaN;
  let time = value * 1000;
  while (time >= 1e14) time /= 1000;
  return knownTime(Math.floor(time + 1e-6));
}
