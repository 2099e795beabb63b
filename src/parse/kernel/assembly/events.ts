import { Bytes } from './memory';

/** What is found in the lines of a batch that are events. All positions are relative to the batch's text. */

/** Numbers (i32) that an event has in `rows`: those that `addEvent` is given but the time, then its ids, tokens and spans. */
export const ROW: usize = 16;

export const rows = new Bytes(1 << 19);
/** f64 an event: milliseconds since 1970-01-01 UTC, or NaN. */
export const times = new Bytes(1 << 16);
/** Bounds of session ids, two i32 each. */
export const ids = new Bytes(1 << 16);
/** Bounds of tokens, two i32 each. */
export const tokens = new Bytes(1 << 18);
/** Masked texts, three i32 each: the token that each is in, and the bounds of what it stands for. */
export const spans = new Bytes(1 << 18);

export function clearEvents(): void {
  rows.used = 0;
  times.used = 0;
  ids.used = 0;
  tokens.used = 0;
  spans.used = 0;
}

/** How many ids, tokens and spans there were where the current event began. */
let idsBefore: usize = 0;
let tokensBefore: usize = 0;
let spansBefore: usize = 0;

/** Makes room for all that so many lines of so many bytes together can hold. */
export function roomForLines(count: usize, bytes: usize): void {
  rows.reserve(count * (ROW << 2));
  times.reserve(count << 3);
  ids.reserve((bytes + count) << 3);
  tokens.reserve((bytes + count) << 3);
  spans.reserve((bytes + count) * 12);
}

/** Begins an event for which there is room. */
export function beginEvent(): void {
  idsBefore = ids.used;
  tokensBefore = tokens.used;
  spansBefore = spans.used;
}

/** Takes back what was found since `beginEvent`. */
export function dropEvent(): void {
  ids.used = idsBefore;
  tokens.used = tokensBefore;
  spans.used = spansBefore;
}

/**
 * Ends an event.
 * @param message its number, or -1 - i for the text i without a number
 * @param alertStart -1: the format has no alert labels
 * @param time milliseconds since 1970-01-01 UTC, or NaN
 */
export function addEvent(
  line: i32,
  message: i32,
  levelStart: i32,
  levelEnd: i32,
  componentStart: i32,
  componentEnd: i32,
  nodeStart: i32,
  nodeEnd: i32,
  alertStart: i32,
  alertEnd: i32,
  contentStart: i32,
  contentEnd: i32,
  time: f64,
): void {
  const row = rows.end;
  store<i32>(row, line);
  store<i32>(row, message, 4);
  store<i32>(row, levelStart, 8);
  store<i32>(row, levelEnd, 12);
  store<i32>(row, componentStart, 16);
  store<i32>(row, componentEnd, 20);
  store<i32>(row, nodeStart, 24);
  store<i32>(row, nodeEnd, 28);
  store<i32>(row, alertStart, 32);
  store<i32>(row, alertEnd, 36);
  store<i32>(row, contentStart, 40);
  store<i32>(row, contentEnd, 44);
  store<i32>(row, ((ids.used - idsBefore) >> 3) as i32, 48);
  store<i32>(row, tokenCount(), 52);
  store<i32>(row, ((spans.used - spansBefore) / 12) as i32, 56);
  rows.used += ROW << 2;
  store<f64>(times.end, time);
  times.used += 8;
}

/** Tokens of the current event. */
export function tokenCount(): i32 {
  return ((tokens.used - tokensBefore) >> 3) as i32;
}

export function addId(start: i32, end: i32): void {
  store<i32>(ids.end, start);
  store<i32>(ids.end, end, 4);
  ids.used += 8;
}

export function addToken(start: i32, end: i32): void {
  store<i32>(tokens.end, start);
  store<i32>(tokens.end, end, 4);
  tokens.used += 8;
}

export function addSpan(token: i32, start: i32, end: i32): void {
  store<i32>(spans.end, token);
  store<i32>(spans.end, start, 4);
  store<i32>(spans.end, end, 8);
  spans.used += 12;
}
