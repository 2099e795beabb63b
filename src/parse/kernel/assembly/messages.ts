import { Bytes } from './memory';
import { TextTable } from './textTable';

/** Most messages that have a number, and most bytes of all of them. */
const MOST = 1 << 15;
const MOST_BYTES: usize = 1 << 22;
/** Longer messages are rare and get no number. */
const LONGEST: usize = 4096;

/** Masked messages by number. */
const known = new TextTable();
/** Length (i32) and text of each message without a number. */
export const loose = new Bytes(1 << 12);
let looseCount = 0;
/** Where the texts begin that are new in the current batch. */
let newFrom: usize = 0;
let full = false;

/** Begins a batch. Returns whether messages are numbered from 0 again. */
export function beginMessages(): bool {
  const restarted = full;
  if (full) known.clear();
  full = false;
  newFrom = known.texts.used;
  loose.used = 0;
  looseCount = 0;
  return restarted;
}

/** The number of a masked message, or -1 - i for the text i in `loose`. */
export function messageOf(start: usize, end: usize): i32 {
  full = full || known.size >= MOST || known.texts.used > MOST_BYTES;
  if (!full && end - start <= LONGEST) return known.intern(start, end);
  loose.reserve(4 + end - start);
  store<i32>(loose.end, (end - start) as i32);
  memory.copy(loose.end + 4, start, end - start);
  loose.used += 4 + end - start;
  return -++looseCount;
}

/** Length (i32) and text of each message that is new in the current batch, from here to `newEnd`. */
export function newStart(): usize {
  return known.texts.at + newFrom;
}

export function newEnd(): usize {
  return known.texts.end;
}
