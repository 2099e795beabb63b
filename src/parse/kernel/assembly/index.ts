// The kernel of parsing, compiled by tools/compile-kernel.mjs. Parts that work in different instances, perhaps on different
// threads: lines -> events (lines.ts), events with their templates -> row groups (rowGroup.ts), lines -> sessions.
import { clearEvents, ids, rows, spans, times, tokens } from './events';
import { beginMessages, loose, newEnd, newStart } from './messages';

export { setContentRules } from './content';
export { addEvent, addId, addSpan, addToken, beginEvent, roomForLines } from './events';
export { setLayouts } from './header';
export { linesOf, scanLines, textOf } from './lines';
export { allocate, scratch } from './memory';
export { messageOf } from './messages';
export { addRows, beginRows, encodeColumn, nextGroup, rowsOfGroup, rowsWithoutId, setLastLines } from './rowGroup';
export {
  addSession,
  beginSessions,
  endSessionRow,
  scanSessions,
  sessionParts,
  sessionRows,
  setSessionId,
} from './sessions';
export { mostPacked, pack } from './snappy';

/** Where the parts of a batch lie, in pairs of address and length: kernel.ts names them. */
const parts = memory.data(14 * 4, 4);

/** Begins a batch of lines. Returns whether messages are numbered from 0 again. */
export function beginBatch(): bool {
  clearEvents();
  return beginMessages();
}

/** Where what was found in a batch lies, in pairs of address and length. */
export function endBatch(): usize {
  put(0, rows.at, rows.used);
  put(1, times.at, times.used);
  put(2, ids.at, ids.used);
  put(3, tokens.at, tokens.used);
  put(4, spans.at, spans.used);
  put(5, newStart(), newEnd() - newStart());
  put(6, loose.at, loose.used);
  return parts;
}

function put(part: usize, at: usize, length: usize): void {
  store<usize>(parts + (part << 3), at);
  store<usize>(parts + (part << 3), length, 4);
}

/** Makes room for events that were found elsewhere, by the lengths of their parts. Returns where it's told as by `endBatch`. */
export function roomForEvents(row: usize, time: usize, id: usize, token: usize, span: usize): usize {
  clearEvents();
  rows.reserve(row);
  times.reserve(time);
  ids.reserve(id);
  tokens.reserve(token);
  spans.reserve(span);
  return endBatch();
}
