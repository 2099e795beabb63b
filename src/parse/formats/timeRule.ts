import type { TimeFields } from './formats.js';

const [YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, MILLISECOND] = [0, 1, 2, 3, 4, 5, 6];
const LETTERS = 'yMdHmsS';
const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';
/** A leap year, so that 29 February is a date. */
const ASSUMED_YEAR = 2000;

const [FIELD, DIGITS, LITERAL, ANY, MONTH_NAME, WEEKDAY, FRACTION, ZONE, EPOCH, EPOCH_MS] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
];

/** What to read next; the kernel knows the kinds as well. All of one shape, since they are gone through for each line. */
interface Step {
  kind: number;
  /** FIELD: go to this field. DIGITS: the unit. LITERAL: the byte. */
  value: number;
  /** Of the digits. */
  least: number;
  most: number;
}

/** Times beyond these years are none: events.parquet encodes steps of less than 2^45 ms. */
export const EARLIEST = Date.UTC(1900, 0);
export const LATEST = Date.UTC(2400, 0);

/** The time itself, or NaN when it can't be one. */
export function knownTime(time: number): number {
  return time >= EARLIEST && time < LATEST ? time : Number.NaN;
}

/** Where the fields lie in the bytes of a line. */
export interface FieldBounds {
  starts: Int32Array;
  ends: Int32Array;
}

/**
 * Reads times from bytes by a pattern:
 * `yyyy yy MM dd HH mm ss SSS` are digits of fixed width, `M d H m s S` of one to three; `MMM` and `EEE` English names
 * of month and weekday; `f` a fraction of a second with its point or comma, if there is one; `Z` a zone (`Z`, `+0100`,
 * `+01:00`), if there is one; `X` seconds and `x` milliseconds since 1970; `?` any byte; all else stands for itself. A
 * year of two digits is 1970 to 2069. Where no year is written, the first line is of `assumedYear`, and a month that
 * falls by more than six begins the next one.
 */
export class TimeRule {
  readonly steps: readonly Step[];
  private readonly values = new Int32Array(LETTERS.length);
  readonly shortYear: boolean;
  readonly hasYear: boolean;
  readonly epoch: boolean;
  private day = -1;
  private dayTime = Number.NaN;
  /** Month of the latest line, where no year is written; `year` is that line's. */
  lastMonth = 0;
  /** What the steps have found beside `values`: milliseconds. */
  private fraction = 0;
  private zone = 0;
  private seconds = 0;

  /** @param indexOf gives the index of a field in the bounds */
  constructor(
    { fields, pattern }: TimeFields,
    indexOf: (field: string) => number,
    public year = ASSUMED_YEAR,
  ) {
    this.steps = piecesOf(fields, pattern).flatMap((piece, i) => [step(FIELD, indexOf(fields[i])), ...stepsOf(piece)]);
    const years = this.steps.filter(({ kind, value }) => kind === DIGITS && value === YEAR);
    this.hasYear = years.length > 0;
    this.shortYear = years.some(({ most }) => most === 2);
    this.epoch = this.steps.some(({ kind }) => kind === EPOCH || kind === EPOCH_MS);
  }

  /** Whether a time depends on those read before: its year does where none is written. */
  get ordered(): boolean {
    return !this.hasYear && !this.epoch;
  }

  /** Milliseconds since 1970-01-01 UTC; NaN when the fields don't hold a time of the pattern. */
  read(bytes: Uint8Array, bounds: FieldBounds): number {
    if (!this.scan(bytes, bounds)) return Number.NaN;
    return knownTime(this.epoch ? this.seconds + this.fraction : this.civilTime());
  }

  private civilTime(): number {
    const { values } = this;
    if (values[HOUR] > 23 || values[MINUTE] > 59 || values[SECOND] > 60) return Number.NaN;
    const seconds = (values[HOUR] * 60 + values[MINUTE]) * 60 + values[SECOND];
    const year = this.hasYear ? values[YEAR] : this.yearOf(values[MONTH]);
    const day = this.dayStart(year, values[MONTH], values[DAY]);
    return day + seconds * 1000 + values[MILLISECOND] + this.fraction - this.zone;
  }

  private scan(bytes: Uint8Array, { starts, ends }: FieldBounds): boolean {
    const { values, steps } = this;
    values[MILLISECOND] = 0;
    this.fraction = 0;
    this.zone = 0;
    let at = 0;
    let end = 0;
    for (let s = 0; s < steps.length; s++) {
      const { kind, value, least, most } = steps[s];
      if (kind === DIGITS) {
        const from = at;
        const stop = at + most < end ? at + most : end;
        let number = 0;
        for (; at < stop; at++) {
          const digit = bytes[at] - 48;
          if (digit < 0 || digit > 9) break;
          number = number * 10 + digit;
        }
        if (at - from < least) return false;
        values[value] = number;
      } else if (kind === FIELD) {
        if (at < end) return false;
        at = starts[value];
        end = ends[value];
      } else if (kind === LITERAL) {
        if (at >= end || bytes[at] !== value) return false;
        at++;
      } else {
        at = this.special(kind, bytes, at, end);
        if (at < 0) return false;
      }
    }
    return at >= end;
  }

  /** Reads what is no plain number. Returns where it ends, or -1. */
  private special(kind: number, bytes: Uint8Array, at: number, end: number): number {
    if (kind === MONTH_NAME) return this.readMonth(bytes, at, end);
    if (kind === FRACTION) return this.readFraction(bytes, at, end);
    if (kind === ZONE) return this.readZone(bytes, at, end);
    if (kind === EPOCH) return this.readEpoch(bytes, at, end, 1000);
    if (kind === EPOCH_MS) return this.readEpoch(bytes, at, end, 1);
    if (kind === ANY) return at < end ? at + 1 : -1;
    // A weekday says nothing that the date doesn't.
    const after = wordEnd(bytes, at, end);
    return after > at ? after : -1;
  }

  private readMonth(bytes: Uint8Array, at: number, end: number): number {
    if (at + 3 > end) return -1;
    const name = String.fromCharCode(bytes[at] | 32, bytes[at + 1] | 32, bytes[at + 2] | 32);
    const index = MONTHS.indexOf(name);
    if (index < 0 || index % 3 !== 0) return -1;
    this.values[MONTH] = index / 3 + 1;
    return at + 3;
  }

  private readFraction(bytes: Uint8Array, at: number, end: number): number {
    if (at >= end || (bytes[at] !== 46 && bytes[at] !== 44)) return at;
    let scale = 100;
    let i = at + 1;
    for (; i < end && isDigit(bytes[i]); i++) {
      this.fraction += (bytes[i] - 48) * scale;
      scale /= 10;
    }
    this.fraction = Math.floor(this.fraction + 1e-6);
    return i;
  }

  private readZone(bytes: Uint8Array, at: number, end: number): number {
    if (at >= end) return at;
    if ((bytes[at] | 32) === 122) return at + 1;
    const found = /^([+-])(\d\d):?(\d\d)?/.exec(String.fromCharCode(...bytes.subarray(at, Math.min(end, at + 6))));
    if (!found) return -1;
    const minutes = Number(found[2]) * 60 + Number(found[3] ?? 0);
    this.zone = (found[1] === '-' ? -minutes : minutes) * 60_000;
    return at + found[0].length;
  }

  private readEpoch(bytes: Uint8Array, at: number, end: number, unit: number): number {
    let i = at;
    let value = 0;
    for (; i < end && isDigit(bytes[i]); i++) value = value * 10 + bytes[i] - 48;
    if (i === at) return -1;
    this.seconds = value * unit;
    return i;
  }

  private yearOf(month: number): number {
    const steps = month - this.lastMonth;
    // A line of December that comes late belongs to the year before.
    if (steps > 6 && this.lastMonth > 0) return this.year - 1;
    if (steps < -6) this.year++;
    this.lastMonth = month;
    return this.year;
  }

  /** Remembers the day, which seldom changes from line to line. */
  private dayStart(year: number, month: number, day: number): number {
    const key = (year * 100 + month) * 100 + day;
    if (key !== this.day) {
      const fullYear = this.shortYear ? year + (year < 70 ? 2000 : 1900) : year;
      this.day = key;
      this.dayTime = isDate(fullYear, month, day) ? daysFromCivil(fullYear, month, day) * 86_400_000 : Number.NaN;
    }
    return this.dayTime;
  }
}

const SPECIAL: Record<string, number> = {
  MMM: MONTH_NAME,
  EEE: WEEKDAY,
  f: FRACTION,
  Z: ZONE,
  X: EPOCH,
  x: EPOCH_MS,
  '?': ANY,
};

function step(kind: number, value = 0, least = 0, most = 0): Step {
  return { kind, value, least, most };
}

const SPECIAL_SOURCES = new Map([
  [MONTH_NAME, '[A-Za-z]{3}'],
  [WEEKDAY, '[A-Za-z]+'],
  [FRACTION, '(?:[.,]\\d*)?'],
  [ZONE, '(?:[Zz]|[+-]\\d\\d:?(?:\\d\\d)?)?'],
  [EPOCH, '\\d+'],
  [EPOCH_MS, '\\d+'],
  [ANY, '.'],
]);

/** Regular expressions of what the fields of a time look like, by their names. */
export function timeFieldPatterns({ fields, pattern }: TimeFields): Record<string, string> {
  return Object.fromEntries(
    piecesOf(fields, pattern).map((piece, i) => [fields[i], stepsOf(piece).map(sourceOf).join('')]),
  );
}

function sourceOf({ kind, value, least, most }: Step): string {
  if (kind === DIGITS) return `\\d{${least},${most}}`;
  if (kind === LITERAL) return String.fromCharCode(value).replace(/\W/, '\\$&');
  return SPECIAL_SOURCES.get(kind) as string;
}

/** The part of the pattern that each field holds. */
function piecesOf(fields: readonly string[], pattern: string): string[] {
  const pieces = fields.length === 1 ? [pattern] : pattern.split(' ');
  if (pieces.length === fields.length) return pieces;
  throw new Error(`time pattern '${pattern}' isn't one of ${fields.length} fields`);
}

function stepsOf(piece: string): Step[] {
  return [...piece.matchAll(/MMM|EEE|[fZXx?]|([yMdHmsS])\1*|./g)].map(([text, letter]) => {
    if (SPECIAL[text] !== undefined) return step(SPECIAL[text]);
    if (!letter) return step(LITERAL, text.charCodeAt(0));
    const [least, most] = text.length > 1 ? [text.length, text.length] : [1, letter === 'S' ? 3 : 2];
    return step(DIGITS, LETTERS.indexOf(letter), least, most);
  });
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

function wordEnd(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && (bytes[i] | 32) >= 97 && (bytes[i] | 32) <= 122) i++;
  return i;
}

function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month === 2) return day <= (leap ? 29 : 28);
  return day <= 30 + ((month + (month >> 3)) & 1);
}

/** Days since 1970-01-01 (Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
