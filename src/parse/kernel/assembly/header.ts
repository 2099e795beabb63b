import { literalEnd, matchEnd, matchLongest, matchUntil, Pattern } from './pattern';
import { readTime, TimeRule } from './time';

// Takes headers apart by layouts, as layout.ts does.

/** A field and the literal that ends it, as tables.ts writes it into memory. */
@unmanaged
class Field {
  pattern: Pattern;
  literal: usize;
  literalStop: usize;
}

const FIELD: usize = 12;

/** A layout as tables.ts writes it into memory, and which fields are the parts of a header (-1: none is). */
@unmanaged
export class Layout {
  lead: usize;
  leadStop: usize;
  fields: usize;
  fieldsEnd: usize;
  /** 0: lines give no time. */
  time: TimeRule;
  level: i32;
  component: i32;
  node: i32;
  alert: i32;
  session: i32;
}

const LAYOUT: usize = 40;
/** Most fields of a layout. */
const MOST: usize = 64;

let layouts: usize = 0;
let layoutsEnd: usize = 0;
/** Addresses of the fields' first bytes and of what is behind them, in pairs. */
const bounds = memory.data((MOST as i32) * 8, 4);

/** Where the content of the line read last begins. */
export let contentStart: usize = 0;

export function setLayouts(at: usize, count: usize): void {
  layouts = at;
  layoutsEnd = at + count * LAYOUT;
}

/** The first layout that a line has; null if it has none. */
export function layoutOf(start: usize, end: usize): Layout | null {
  for (let each = layouts; each < layoutsEnd; each += LAYOUT) {
    const layout = changetype<Layout>(each);
    if (has(layout, start, end)) return layout;
  }
  return null;
}

function has(layout: Layout, start: usize, end: usize): bool {
  let at = literalEnd(layout.lead, layout.leadStop, start, end);
  if (at == 0) return false;
  let bound: usize = bounds;
  for (let each = layout.fields; each < layout.fieldsEnd; each += FIELD) {
    const field = changetype<Field>(each);
    const close =
      field.literal < field.literalStop
        ? matchUntil(field.pattern, field.literal, field.literalStop, at, end)
        : matchLongest(field.pattern, at, end);
    if (close == 0) return false;
    store<usize>(bound, at);
    store<usize>(bound, close, 4);
    bound += 8;
    at = matchEnd;
  }
  contentStart = at;
  return true;
}

export function fieldStart(field: i32): usize {
  return load<usize>(bounds + (field << 3));
}

export function fieldEnd(field: i32): usize {
  return load<usize>(bounds + (field << 3), 4);
}

/** Time of the line read last in milliseconds since 1970-01-01 UTC, or NaN. */
export function timeOf(layout: Layout): f64 {
  return changetype<usize>(layout.time) == 0 ? NaN : readTime(layout.time, bounds);
}
