import { addId, addToken } from './events';
import { beginSearches, EDGE, gaveUp, matchEnd, Pattern, search } from './pattern';
import {
  addLastAsId,
  beginMasked,
  beginSpans,
  endParted,
  endSpans,
  fits,
  masked,
  maskedEnd,
  overflowed,
  replace,
  setMaskedEnd,
} from './spans';

// Scans a message token by token, as byteScanner.ts does.

/** Flags of a byte: white space, sign of a session id, delimiter, and further ones, sign of a match of each mask. */
const SPACE: u32 = 1;
const ID: u32 = 2;
const DELIMITER: u32 = 4;

/** A mask as tables.ts writes it into memory. */
@unmanaged
class Mask {
  pattern: Pattern;
  flag: u32;
  /** What it puts in place, and the flags of those bytes: later masks see it. */
  text: usize;
  textLength: usize;
  textFlags: u32;
}

const MASK: usize = 20;

/** What TypeScript sets once; see tables.ts. */
@unmanaged
class ContentRules {
  /** u32 a byte. */
  flags: usize;
  /** Flags of all masks and delimiters, and of session ids unless the first mask finds them. */
  wanted: u32;
  masks: usize;
  masksEnd: usize;
  /** 0: there is none. */
  id: Pattern;
  firstIsId: u32;
}

let rules: ContentRules = changetype<ContentRules>(0);
/** Where positions in a line are counted from. */
let origin: usize = 0;

export function setContentRules(at: usize): void {
  rules = changetype<ContentRules>(at);
}

/**
 * Scans a message; its masked form is in `masked`, its tokens, spans and ids go to the current event.
 * @returns false where the scan has to be left to TypeScript
 */
export function scanContent(text: usize, start: usize, end: usize): bool {
  if (!fits(end - start)) return false;
  origin = text;
  beginMasked();
  beginSearches();
  const table = rules.flags;
  const wanted = rules.wanted;
  let out = masked;
  let at = start;
  for (;;) {
    while (at < end && flagsOf(table, at) & SPACE) at++;
    if (at >= end) break;
    if (out > masked) store<u8>(out++, 32);
    const tokenStart = at;
    const outStart = out;
    let flags: u32 = 0;
    do {
      const flag = flagsOf(table, at);
      if (flag & SPACE) break;
      flags |= flag;
      store<u8>(out++, load<u8>(at));
    } while (++at < end);
    if ((flags & wanted) == 0) {
      addToken((tokenStart - text) as i32, (at - text) as i32);
      continue;
    }
    if (flags & wanted & ID) findIds(tokenStart, at);
    setMaskedEnd(out);
    beginSpans((tokenStart - text) as i32, outStart);
    const present = putMasks(outStart, flags, end - at + 1);
    if (present & DELIMITER) endParted(table, DELIMITER);
    else endSpans((at - text) as i32);
    if (gaveUp || overflowed) return false;
    out = maskedEnd;
  }
  setMaskedEnd(out);
  return true;
}

function flagsOf(table: usize, at: usize): u32 {
  return load<u32>(table + ((load<u8>(at) as usize) << 2));
}

function findIds(start: usize, end: usize): void {
  const id = rules.id;
  let before = EDGE;
  for (let from = start; ; ) {
    const at = search(id, from, end, before);
    if (at == 0) return;
    addId((at - origin) as i32, (matchEnd - origin) as i32);
    from = matchEnd;
    before = load<u8>(from - 1);
  }
}

/**
 * Puts masks in place in the token that lies at the end of `masked`, from `start` on.
 * @returns the flags of what the token's bytes are now, and were
 */
function putMasks(start: usize, flags: u32, room: usize): u32 {
  let present = flags;
  for (let each = rules.masks; each < rules.masksEnd; each += MASK) {
    const mask = changetype<Mask>(each);
    if ((present & mask.flag) == 0) continue;
    let at = search(mask.pattern, start, maskedEnd, EDGE);
    while (at != 0) {
      present |= mask.textFlags;
      const close = matchEnd;
      const before: u32 = load<u8>(close - 1);
      replace(at, close, mask.text, mask.textLength, room);
      if (overflowed) return present;
      if (each == rules.masks && rules.firstIsId) addLastAsId();
      at = search(mask.pattern, at + mask.textLength, maskedEnd, before);
    }
  }
  return present;
}
