// Times by the steps of a pattern, as timeRule.ts reads them.

const YEAR = 0;
const MONTH = 1;
const DAY = 2;
const HOUR = 3;
const MINUTE = 4;
const SECOND = 5;
const MILLISECOND = 6;

// Kinds of steps: timeRule.ts has the list.
const FIELD = 0;
const DIGITS = 1;
const LITERAL = 2;
const ANY = 3;
const MONTH_NAME = 4;
const WEEKDAY = 5;
const FRACTION = 6;
const ZONE = 7;
const EPOCH = 8;

/** What to read next. FIELD: go to this field. DIGITS: the unit, and how many. LITERAL: the byte. EPOCH, and behind: the unit. */
@unmanaged
class Step {
  kind: i32;
  value: i32;
  least: i32;
  most: i32;
}

const STEP: usize = 16;

/** As tables.ts writes it into memory. */
@unmanaged
export class TimeRule {
  steps: usize;
  stepsEnd: usize;
  shortYear: u32;
  epoch: u32;
  /** Times from here on, and before there, are known. */
  earliest: f64;
  latest: f64;
  hasYear: u32;
  /** Where no year is written: that of the latest line, and its month. TypeScript goes on from here, and back. */
  year: i32;
  lastMonth: i32;
}

const values = memory.data(7 * 4, 4);
let fraction: f64 = 0;
let zone: f64 = 0;
let seconds: f64 = 0;
/** The day that was asked for last: it seldom changes from line to line. */
let knownDay: i64 = -1;
let knownDayStart: f64 = NaN;

function valueOf(unit: usize): i32 {
  return load<i32>(values + (unit << 2));
}

/**
 * Milliseconds since 1970-01-01 UTC; NaN when the fields don't hold a time of the pattern.
 * @param bounds addresses of the fields' first bytes and of what is behind them, in pairs
 */
export function readTime(rule: TimeRule, bounds: usize): f64 {
  if (!scan(rule, bounds)) return NaN;
  const time = rule.epoch ? seconds + fraction : civilTime(rule);
  return time >= rule.earliest && time < rule.latest ? time : NaN;
}

function civilTime(rule: TimeRule): f64 {
  if (valueOf(HOUR) > 23 || valueOf(MINUTE) > 59 || valueOf(SECOND) > 60) return NaN;
  const year = rule.hasYear ? valueOf(YEAR) : yearOf(rule, valueOf(MONTH));
  const start = dayStart(year, valueOf(MONTH), valueOf(DAY), rule.shortYear != 0);
  const ofDay = (valueOf(HOUR) * 60 + valueOf(MINUTE)) * 60 + valueOf(SECOND);
  return start + ((ofDay * 1000 + valueOf(MILLISECOND)) as f64) + fraction - zone;
}

function scan(rule: TimeRule, bounds: usize): bool {
  store<i32>(values + (MILLISECOND << 2), 0);
  fraction = 0;
  zone = 0;
  let at: usize = 0;
  let end: usize = 0;
  for (let each = rule.steps; each < rule.stepsEnd; each += STEP) {
    const step = changetype<Step>(each);
    if (step.kind == DIGITS) {
      const from = at;
      const stop = min(at + step.most, end);
      let number = 0;
      for (; at < stop && isDigit(at); at++) number = number * 10 + digitAt(at);
      if (((at - from) as i32) < step.least) return false;
      store<i32>(values + (step.value << 2), number);
    } else if (step.kind == FIELD) {
      if (at < end) return false;
      at = load<usize>(bounds + (step.value << 3));
      end = load<usize>(bounds + (step.value << 3), 4);
    } else if (step.kind == LITERAL) {
      if (at >= end || load<u8>(at) != step.value) return false;
      at++;
    } else {
      at = special(step, at, end);
      if (at == 0) return false;
    }
  }
  return at >= end;
}

/** Reads what is no plain number. Returns where it ends, or 0. */
function special(step: Step, at: usize, end: usize): usize {
  if (step.kind == MONTH_NAME) return readMonth(at, end);
  if (step.kind == FRACTION) return readFraction(at, end);
  if (step.kind == ZONE) return readZone(at, end);
  if (step.kind >= EPOCH) return readEpoch(at, end, step.kind == EPOCH ? 1000 : 1);
  if (step.kind == ANY) return at < end ? at + 1 : 0;
  // A weekday says nothing that the date doesn't.
  let after = at;
  while (after < end && isLetter(after)) after++;
  return step.kind == WEEKDAY && after > at ? after : 0;
}

/** The three letters at `at`, in lower case, as one number. */
function letters(at: usize): u32 {
  return (load<u8>(at) as u32) | ((load<u8>(at, 1) as u32) << 8) | ((load<u8>(at, 2) as u32) << 16) | 0x202020;
}

const MONTHS = memory.data<u8>([
  106, 97, 110, 102, 101, 98, 109, 97, 114, 97, 112, 114, 109, 97, 121, 106, 117, 110, 106, 117, 108, 97, 117, 103, 115,
  101, 112, 111, 99, 116, 110, 111, 118, 100, 101, 99,
]);

function readMonth(at: usize, end: usize): usize {
  if (at + 3 > end) return 0;
  const name = letters(at);
  for (let month: usize = 0; month < 12; month++) {
    if (letters(MONTHS + 3 * month) != name) continue;
    store<i32>(values + (MONTH << 2), (month as i32) + 1);
    return at + 3;
  }
  return 0;
}

function readFraction(at: usize, end: usize): usize {
  if (at >= end || (load<u8>(at) != 46 && load<u8>(at) != 44)) return at;
  let scale: f64 = 100;
  let i = at + 1;
  for (; i < end && isDigit(i); i++) {
    fraction += (digitAt(i) as f64) * scale;
    scale /= 10;
  }
  fraction = Math.floor(fraction + 1e-6);
  return i;
}

/** `Z`, `+01`, `+0100`, `+01:00`, or nothing. */
function readZone(at: usize, end: usize): usize {
  if (at >= end) return at;
  const sign: u32 = load<u8>(at);
  if ((sign | 32) == 122) return at + 1;
  if ((sign != 43 && sign != 45) || !twoDigits(at + 1, end)) return 0;
  let minutes = 60 * numberAt(at + 1);
  let after = at + 3;
  const rest = after < end && load<u8>(after) == 58 ? after + 1 : after;
  if (twoDigits(rest, min(end, at + 6))) {
    minutes += numberAt(rest);
    after = rest + 2;
  } else {
    after = rest;
  }
  zone = ((sign == 45 ? -minutes : minutes) as f64) * 60_000;
  return after;
}

function readEpoch(at: usize, end: usize, unit: f64): usize {
  let i = at;
  let value: f64 = 0;
  for (; i < end && isDigit(i); i++) value = value * 10 + (digitAt(i) as f64);
  seconds = value * unit;
  return i > at ? i : 0;
}

function yearOf(rule: TimeRule, month: i32): i32 {
  const steps = month - rule.lastMonth;
  // A line of December that comes late belongs to the year before.
  if (steps > 6 && rule.lastMonth > 0) return rule.year - 1;
  if (steps < -6) rule.year++;
  rule.lastMonth = month;
  return rule.year;
}

function dayStart(year: i32, month: i32, day: i32, shortYear: bool): f64 {
  const key = ((year as i64) * 100 + month) * 100 + day;
  if (key != knownDay) {
    const full = shortYear ? year + (year < 70 ? 2000 : 1900) : year;
    knownDay = key;
    knownDayStart = isDate(full, month, day) ? (daysFromCivil(full, month, day) as f64) * 86_400_000 : NaN;
  }
  return knownDayStart;
}

function isDate(year: i32, month: i32, day: i32): bool {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  if (month == 2) return day <= (leap ? 29 : 28);
  return day <= 30 + ((month + (month >> 3)) & 1);
}

/** Days since 1970-01-01 (Hinnant, "chrono-Compatible Low-Level Date Algorithms"); the year isn't below 0. */
function daysFromCivil(year: i32, month: i32, day: i32): i32 {
  const y = month <= 2 ? year - 1 : year;
  const era = (y >= 0 ? y : y - 399) / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function isDigit(at: usize): bool {
  return (load<u8>(at) as u32) - 48 <= 9;
}

function isLetter(at: usize): bool {
  return ((load<u8>(at) as u32) | 32) - 97 <= 25;
}

function digitAt(at: usize): i32 {
  return (load<u8>(at) as i32) - 48;
}

function twoDigits(at: usize, end: usize): bool {
  return at + 2 <= end && isDigit(at) && isDigit(at + 1);
}

function numberAt(at: usize): i32 {
  return digitAt(at) * 10 + digitAt(at + 1);
}
