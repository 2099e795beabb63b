import { scanContent } from './content';
import { addEvent, addId, beginEvent, dropEvent, roomForLines } from './events';
import { contentStart, fieldEnd, fieldStart, Layout, layoutOf, timeOf } from './header';
import { allocate } from './memory';
import { messageOf } from './messages';
import { masked, maskedEnd } from './spans';

/** The batch's text, and its lines: i32 starts, then i32 ends. */
let text: usize = 0;
let textRoom: usize = 0;
let textUsed: usize = 0;
let starts: usize = 0;
let ends: usize = 0;
let lineRoom: usize = 0;

/** Where a text of so many bytes can be put. */
export function textOf(bytes: usize): usize {
  if (bytes > textRoom) {
    textRoom = bytes + (bytes >> 1);
    text = allocate(textRoom);
  }
  textUsed = bytes;
  return text;
}

/** Where the starts of so many lines can be put, and behind them as many ends. */
export function linesOf(count: usize): usize {
  if (count > lineRoom) {
    lineRoom = count + (count >> 1);
    starts = allocate(lineRoom << 3);
  }
  ends = starts + (count << 2);
  return starts;
}

/**
 * Adds lines as events, from the line `from` on, until one comes that isn't clearly one.
 * @returns that line, which TypeScript has to look at, or `count`
 */
export function scanLines(from: i32, count: i32): i32 {
  roomForLines(count - from, textUsed);
  for (let i = from; i < count; i++) {
    const start = lineStart(i);
    if (start == 0 || !scanLine(i, start, lineEnd(i))) return i;
  }
  return count;
}

/** Where a line begins; 0: it's too long to be kept. */
export function lineStart(line: i32): usize {
  const start = load<i32>(starts + (line << 2));
  return start < 0 ? 0 : text + start;
}

export function lineEnd(line: i32): usize {
  return text + load<i32>(ends + (line << 2));
}

/** Whether a line that has a layout is an event: only a layout of content alone takes blank lines. */
export function isEvent(start: usize, end: usize): bool {
  return contentStart > start || !isBlank(start, end);
}

function scanLine(line: i32, start: usize, end: usize): bool {
  const layout = layoutOf(start, end);
  if (layout == null || !isEvent(start, end)) return false;
  beginEvent();
  if (!scanContent(text, contentStart, end)) {
    dropEvent();
    return false;
  }
  if (layout.session >= 0 && fieldEnd(layout.session) > fieldStart(layout.session)) {
    addId(position(fieldStart(layout.session)), position(fieldEnd(layout.session)));
  }
  addEvent(
    line,
    messageOf(masked, maskedEnd),
    startOf(layout.level),
    endOf(layout.level),
    startOf(layout.component),
    endOf(layout.component),
    startOf(layout.node),
    endOf(layout.node),
    layout.alert < 0 ? -1 : startOf(layout.alert),
    alertEnd(layout.alert),
    position(contentStart),
    position(end),
    timeOf(layout),
  );
  return true;
}

function isBlank(start: usize, end: usize): bool {
  for (let at = start; at < end; at++) if (load<u8>(at) != 32 && (load<u8>(at) as u32) - 9 > 4) return false;
  return true;
}

function position(at: usize): i32 {
  return (at - text) as i32;
}

function startOf(field: i32): i32 {
  return field < 0 ? 0 : position(fieldStart(field));
}

function endOf(field: i32): i32 {
  return field < 0 ? 0 : position(fieldEnd(field));
}

/** The label of a normal line, a dash, counts as empty. */
function alertEnd(field: i32): i32 {
  if (field < 0) return -1;
  const start = fieldStart(field);
  return fieldEnd(field) - start == 1 && load<u8>(start) == 45 ? position(start) : endOf(field);
}
