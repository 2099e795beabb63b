const LETTERS = 'yMdHmsS';
const [YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, MILLISECOND] = [0, 1, 2, 3, 4, 5, 6];

/** A run of digits: which field of the line, where in it, how long, and which part of the time it gives. */
interface Part {
  unit: number;
  field: number;
  at: number;
  length: number;
}

/** Where a field lies in the bytes of a line. */
export interface FieldBounds {
  starts: Int32Array;
  ends: Int32Array;
}

/**
 * Reads times of fixed width from bytes. A year of two digits is 1970 to 2069.
 */
export class TimeRule {
  private readonly parts: Part[];
  private readonly values = new Int32Array(LETTERS.length);
  private readonly shortYear: boolean;
  private day = -1;
  private dayTime = Number.NaN;

  /**
   * @param pattern as in formats.ts
   * @param fields index of the field for each space-separated piece of the pattern
   */
  constructor(pattern: string, fields: number[]) {
    this.parts = pattern.split(' ').flatMap((piece, i) => partsOf(piece, fields[i]));
    this.shortYear = this.parts.some((part) => part.unit === YEAR && part.length === 2);
  }

  /** Milliseconds since 1970-01-01 UTC; NaN when the digits aren't a time. */
  read(bytes: Uint8Array, { starts, ends }: FieldBounds): number {
    const { values, parts } = this;
    for (let p = 0; p < parts.length; p++) {
      const { unit, field, at, length } = parts[p];
      const start = starts[field] + at;
      if (start + length > ends[field]) return Number.NaN;
      let value = 0;
      for (let i = start; i < start + length; i++) value = value * 10 + bytes[i] - 48;
      values[unit] = value;
    }
    if (values[HOUR] > 23 || values[MINUTE] > 59 || values[SECOND] > 60) return Number.NaN;
    const seconds = (values[HOUR] * 60 + values[MINUTE]) * 60 + values[SECOND];
    return this.dayStart(values[YEAR], values[MONTH], values[DAY]) + seconds * 1000 + values[MILLISECOND];
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

function partsOf(piece: string, field: number): Part[] {
  return [...piece.matchAll(/([yMdHmsS])\1*/g)].map((found) => ({
    unit: LETTERS.indexOf(found[1]),
    field,
    at: found.index,
    length: found[0].length,
  }));
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
