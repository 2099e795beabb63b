import { contentStart, fieldEnd, fieldStart, layoutOf } from './header';
import { isEvent, lineEnd, lineStart } from './lines';
import { Bytes } from './memory';
import { beginSearches, EDGE, gaveUp, matchEnd, Pattern, search } from './pattern';
import { TextTable } from './textTable';

// The sessions of a batch, without all else that its lines say.

/** Session ids, each once. */
const ids = new TextTable();
/** i32 an id: the first row that names it. */
const firsts = new Bytes();
let rows = 0;
let pattern: Pattern = changetype<Pattern>(0);

/** Sets the pattern of session ids in messages; 0: there is none. */
export function setSessionId(at: usize): void {
  pattern = changetype<Pattern>(at);
}

export function beginSessions(): void {
  ids.clear();
  firsts.used = 0;
  rows = 0;
}

/**
 * Finds the sessions of lines, from the line `from` on, until one comes that isn't clearly an event.
 * @returns that line, which TypeScript has to look at, or `count`
 */
export function scanSessions(from: i32, count: i32): i32 {
  for (let i = from; i < count; i++) {
    const start = lineStart(i);
    if (start == 0 || !scanLine(start, lineEnd(i))) return i;
  }
  return count;
}

function scanLine(start: usize, end: usize): bool {
  const layout = layoutOf(start, end);
  if (layout == null || !isEvent(start, end)) return false;
  const field = layout.session;
  if (field >= 0 && fieldEnd(field) > fieldStart(field)) addSession(fieldStart(field), fieldEnd(field));
  if (changetype<usize>(pattern) != 0) {
    beginSearches();
    let before = EDGE;
    for (let at = search(pattern, contentStart, end, before); at != 0; at = search(pattern, matchEnd, end, before)) {
      addSession(at, matchEnd);
      before = load<u8>(matchEnd - 1);
    }
    // Naming a session twice in a row changes nothing.
    if (gaveUp) return false;
  }
  rows++;
  return true;
}

/** Notes that the current row names a session. */
export function addSession(start: usize, end: usize): void {
  const known = ids.size;
  if (ids.intern(start, end) < known) return;
  firsts.reserve(4);
  store<i32>(firsts.end, rows);
  firsts.used += 4;
}

export function endSessionRow(): void {
  rows++;
}

export function sessionRows(): i32 {
  return rows;
}

/** Address and length of the ids, each with its length (i32) before it, and of `firsts`. */
const parts = memory.data(4 * 4, 4);

export function sessionParts(): usize {
  store<usize>(parts, ids.texts.at);
  store<usize>(parts, ids.texts.used, 4);
  store<usize>(parts, firsts.at, 8);
  store<usize>(parts, firsts.used, 12);
  return parts;
}
