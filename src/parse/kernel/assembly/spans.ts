import { addId, addSpan, addToken, tokenCount } from './events';
import { allocate, copyShort } from './memory';

// The masked texts of one token while masks are put in place, and what they stand for in the line: as tokenSpans.ts.

/** Room for the masked form of a message. */
const MASKED_BYTES: usize = 1 << 18;
/** Most masked texts of a token. */
const MOST: i32 = 1024;

/** Where the masked form of the current message begins; its tokens have single spaces between them. */
export const masked: usize = allocate(MASKED_BYTES);
/** Behind the last byte of it. */
export let maskedEnd: usize = 0;
/** Whether a token has more in it than there is room for. */
export let overflowed: bool = false;

/** Where a masked text lies in `masked`, and in the line; `whole` is 0 for what has lost its beginning to a later mask. */
@unmanaged
class Span {
  at: usize;
  close: usize;
  rawStart: i32;
  rawEnd: i32;
  whole: i32;
}

const SPAN: usize = 20;
const all: usize = allocate(((MOST as usize) + 2) * SPAN);
let count: i32 = 0;
let last: i32 = 0;
let rawTokenStart: i32 = 0;
let tokenStart: usize = 0;

/** Whether there is room for a message of so many bytes. */
export function fits(bytes: usize): bool {
  return bytes < MASKED_BYTES;
}

export function beginMasked(): void {
  maskedEnd = masked;
  overflowed = false;
}

export function setMaskedEnd(end: usize): void {
  maskedEnd = end;
}

export function beginSpans(rawStart: i32, start: usize): void {
  count = 0;
  rawTokenStart = rawStart;
  tokenStart = start;
}

/** Puts a text in the place of the masked bytes from `at` to `close`; `room` bytes are still to come. */
export function replace(at: usize, close: usize, text: usize, length: usize, room: usize): void {
  if (count >= MOST || maskedEnd + length + room > masked + MASKED_BYTES) {
    overflowed = true;
    return;
  }
  const tail = maskedEnd - close;
  if (tail > 0) {
    memory.copy(at + length, close, tail);
    memory.copy(at, text, length);
  } else {
    copyShort(at, text, length);
  }
  maskedEnd = at + length + tail;
  if (count == 0 || at >= span(count - 1).close) append(at, close, length);
  else insert(at, close, length, length - (close - at));
}

/** What was replaced last is a session id as well. */
export function addLastAsId(): void {
  addId(span(last).rawStart, span(last).rawEnd);
}

/** Ends the token: its spans and its bounds become the event's. */
export function endSpans(rawEnd: i32): void {
  for (let i = 0; i < count; i++) if (span(i).whole) addSpan(tokenCount(), span(i).rawStart, span(i).rawEnd);
  addToken(rawTokenStart, rawEnd);
}

/**
 * Ends a token that is parted at bytes which have one of `flags` in `table`; those bytes are taken out, and with all of
 * a token the space before it.
 */
export function endParted(table: usize, flags: u32): void {
  let out = tokenStart;
  const end = maskedEnd;
  for (let at = tokenStart; at < end; at++) {
    if (load<u32>(table + ((load<u8>(at) as usize) << 2)) & flags) continue;
    if (out > tokenStart) store<u8>(out++, 32);
    const from = at;
    while (at < end && (load<u32>(table + ((load<u8>(at) as usize) << 2)) & flags) == 0)
      store<u8>(out++, load<u8>(at++));
    for (let i = 0; i < count; i++) {
      const each = span(i);
      if (each.whole && each.at >= from && each.at < at) addSpan(tokenCount(), each.rawStart, each.rawEnd);
    }
    addToken(rawOf(from, false), rawOf(at, true));
  }
  if (out == tokenStart && out > masked) out--;
  maskedEnd = out;
}

function span(i: i32): Span {
  return changetype<Span>(all + (i as usize) * SPAN);
}

/** Position in the line of a position in the masked token; within a masked text it is the start or the end of that. */
function rawOf(position: usize, end: bool): i32 {
  for (let i = count - 1; i >= 0; i--) {
    const each = span(i);
    if (position >= each.close) return each.rawEnd + ((position - each.close) as i32);
    if (end && position > each.at) return each.rawEnd;
    if (!end && position >= each.at) return each.rawStart;
  }
  return rawTokenStart + ((position - tokenStart) as i32);
}

/** Nearly always a span comes after all others. */
function append(at: usize, close: usize, length: usize): void {
  const rawStart = rawOf(at, false);
  last = count++;
  set(last, at, at + length, rawStart, rawStart + ((close - at) as i32), 1);
}

/**
 * Makes place for a span in the order of positions. Spans that it covers go; of those that it covers in part the rest
 * stays, though what has lost its beginning counts no longer as a masked text.
 */
function insert(at: usize, close: usize, length: usize, shift: isize): void {
  const rawStart = rawOf(at, false);
  const rawEnd = rawOf(close, true);
  let kept = 0;
  while (kept < count && span(kept).close <= at) kept++;
  let next = kept;
  while (next < count && span(next).at < close) next++;
  const left = next > kept && span(kept).at < at ? 1 : 0;
  const right = next > kept && span(next - 1).close > close ? 1 : 0;
  const rest = span(max(next - 1, 0));
  const restClose = rest.close;
  const restStart = rest.rawStart;
  const restEnd = rest.rawEnd;
  last = kept + left;
  moveSpans(next, last + 1 + right, shift);
  if (left) span(kept).close = at;
  if (right) set(last + 1, close + (shift as usize), restClose + (shift as usize), restStart, restEnd, 0);
  set(last, at, at + length, rawStart, rawEnd, 1);
}

/** Moves the spans from `from` on to `to`, and their positions by `shift`. */
function moveSpans(from: i32, to: i32, shift: isize): void {
  memory.copy(all + (to as usize) * SPAN, all + (from as usize) * SPAN, ((count - from) as usize) * SPAN);
  count += to - from;
  for (let i = to; i < count; i++) {
    span(i).at += shift as usize;
    span(i).close += shift as usize;
  }
}

function set(i: i32, at: usize, close: usize, rawStart: i32, rawEnd: i32, whole: i32): void {
  const each = span(i);
  each.at = at;
  each.close = close;
  each.rawStart = rawStart;
  each.rawEnd = rawEnd;
  each.whole = whole;
}
