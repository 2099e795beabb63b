/** What is before the first byte and behind the last one. */
export const EDGE: u32 = 256;
/** Steps for each byte after which a search is left to TypeScript, which then gets by in linear time. */
const PATIENCE: i64 = 64;
const BLANK: u32 = 32;

/** A pattern's automaton (regexAutomaton.ts) as tables.ts writes it into memory. The first state is the dead one. */
@unmanaged
export class Pattern {
  /** u32 a state and byte: where the next state's row begins, and 1 more if a match ends before the byte. */
  next: usize;
  /** u8 a byte: whether a match can begin with it. */
  first: usize;
  /** u32 a byte before the text, or `EDGE`: where the first state's row begins. */
  starts: usize;
  /** u8 a state: whether a match ends where the text ends. */
  ends: usize;
  /** u8 a byte: whether it's of the class of which the pattern is a run, one or more; 0: the pattern is something else. */
  run: usize;
}

/** End of the match that `search` found, or of the literal that `matchUntil` found. */
export let matchEnd: usize = 0;
/** Whether a search took too many steps; what it gave then says nothing. */
export let gaveUp: bool = false;

export function beginSearches(): void {
  gaveUp = false;
}

/** Start of the first match in a text, or 0. */
export function search(pattern: Pattern, start: usize, end: usize, before: u32): usize {
  const next = pattern.next;
  const first = pattern.first;
  const starts = pattern.starts;
  const ends = pattern.ends;
  let patience = ((end - start + 16) as i64) * PATIENCE;
  for (let at = start; at < end; at++) {
    if (load<u8>(first + load<u8>(at)) == 0) continue;
    const behind: u32 = at > start ? load<u8>(at - 1) : before;
    let state: usize = load<u32>(starts + (behind << 2));
    let close: usize = 0;
    let i = at;
    for (; state != 0 && i < end; i++) {
      const to: usize = load<u32>(next + state + ((load<u8>(i) as usize) << 2));
      if (to & 1) close = i;
      if (to == (state | (to & 1))) {
        i = loopEnd(next + state, to, i, end);
        if (to & 1) close = i;
      }
      state = to & ~1;
    }
    if (i == end && load<u8>(ends + (state >> 10)) != 0) close = end;
    if (close != 0) {
      matchEnd = close;
      return at;
    }
    patience -= (i - at) as i64;
    if (patience < 0) {
      gaveUp = true;
      return 0;
    }
  }
  return 0;
}

/**
 * The last byte, from `at` on, of those that lead from a state to itself as the byte at `at` does. Where the state stays
 * the same, no byte has to wait for the one before.
 */
function loopEnd(row: usize, to: usize, at: usize, end: usize): usize {
  let i = at;
  while (i + 1 < end && load<u32>(row + ((load<u8>(i, 1) as usize) << 2)) == to) i++;
  return i;
}

/** Where a literal first occurs in a text, if the pattern matches all that is before it; otherwise 0. */
export function matchUntil(pattern: Pattern, literal: usize, literalStop: usize, start: usize, end: usize): usize {
  if (pattern.run != 0) return runUntil(pattern.run, literal, literalStop, start, end);
  const next = pattern.next;
  const ends = pattern.ends;
  const sign: u32 = load<u8>(literal);
  const single = sign == BLANK && literalStop - literal == 1;
  let state: usize = load<u32>(pattern.starts + (EDGE << 2));
  for (let at = start; at < end; at++) {
    const byte: u32 = load<u8>(at);
    if (byte == sign) {
      // A single blank, and no more of them, is by far the most frequent case.
      const after =
        single && at + 1 < end && load<u8>(at + 1) != BLANK ? at + 1 : literalEnd(literal, literalStop, at, end);
      if (after != 0) {
        matchEnd = after;
        return load<u8>(ends + (state >> 10)) ? at : 0;
      }
    }
    state = load<u32>(next + state + (byte << 2)) & ~1;
    if (state == 0) return 0;
  }
  matchEnd = end;
  return load<u8>(ends + (state >> 10)) && literalEnd(literal, literalStop, end, end) ? end : 0;
}

/** `matchUntil` for a run of a class: no byte has to wait for the one before. */
function runUntil(run: usize, literal: usize, literalStop: usize, start: usize, end: usize): usize {
  const sign: u32 = load<u8>(literal);
  for (let at = start; at < end; at++) {
    const byte: u32 = load<u8>(at);
    if (byte == sign) {
      const after = literalEnd(literal, literalStop, at, end);
      if (after != 0) {
        matchEnd = after;
        return at > start ? at : 0;
      }
    }
    if (load<u8>(run + byte) == 0) return 0;
  }
  matchEnd = end;
  return end > start && literalEnd(literal, literalStop, end, end) ? end : 0;
}

/** End of the longest match that begins at `start`, also in `matchEnd`; otherwise 0. */
export function matchLongest(pattern: Pattern, start: usize, end: usize): usize {
  let state: usize = load<u32>(pattern.starts + (EDGE << 2));
  let close: usize = 0;
  for (let at = start; at < end && state != 0; at++) {
    state = load<u32>(pattern.next + state + ((load<u8>(at) as usize) << 2)) & ~1;
    if (load<u8>(pattern.ends + (state >> 10))) close = at + 1;
  }
  matchEnd = close;
  return close;
}

/**
 * Where a literal ends if it begins at `at` in a text that ends at `end`; otherwise 0. A blank of it stands for any
 * number of them, and the end of the text counts as one.
 */
export function literalEnd(literal: usize, literalStop: usize, at: usize, end: usize): usize {
  let i = at;
  for (let l = literal; l < literalStop; l++) {
    const byte: u32 = load<u8>(l);
    if (byte != BLANK) {
      if (i >= end || load<u8>(i) != byte) return 0;
      i++;
    } else if (i < end) {
      if (load<u8>(i) != BLANK) return 0;
      while (i < end && load<u8>(i) == BLANK) i++;
    }
  }
  return i;
}
