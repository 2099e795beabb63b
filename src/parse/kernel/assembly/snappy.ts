import { allocate } from './memory';

// Snappy's raw format (https://github.com/google/snappy/blob/main/format_description.txt), which Parquet's readers know.

/** Matches are looked for within blocks of this size, so that a position in them has 16 bits. */
const BLOCK: usize = 1 << 16;
const TABLE_BITS: u32 = 13;
/** u16 a hash of four bytes: where in the block they were seen last. */
const table: usize = allocate(2 << TABLE_BITS);
/** Before the end of a block no match is begun any more, so that words can be read whole. */
const MARGIN: usize = 15;
/** Tries without a match after which they become rarer, by one byte of distance each time. */
const PATIENCE_BITS: u32 = 4;

/** Most bytes that `bytes` can be packed to. */
export function mostPacked(bytes: usize): usize {
  return 32 + bytes + bytes / 6;
}

/** Packs `[start, start + bytes)` to `to`, where there is room for `mostPacked`. Returns the end of what is packed. */
export function pack(start: usize, bytes: usize, to: usize): usize {
  let out = to;
  let rest = bytes;
  for (; rest >= 0x80; rest >>= 7) store<u8>(out++, rest | 0x80);
  store<u8>(out++, rest);
  const end = start + bytes;
  for (let at = start; at < end; at += BLOCK) out = packBlock(at, min(at + BLOCK, end), out);
  return out;
}

function packBlock(start: usize, end: usize, to: usize): usize {
  let out = to;
  let done = start;
  if (end - start > MARGIN) {
    memory.fill(table, 0, 2 << TABLE_BITS);
    const limit = end - MARGIN;
    let at = start + 1;
    let tries: usize = 1 << PATIENCE_BITS;
    while (at < limit) {
      const word = load<u32>(at);
      let candidate = seen(word, start, at);
      if (word != load<u32>(candidate)) {
        at += tries++ >> PATIENCE_BITS;
        continue;
      }
      while (at > done && candidate > start && load<u8>(at - 1) == load<u8>(candidate - 1)) {
        at--;
        candidate--;
      }
      out = literal(done, at, out);
      const length = common(candidate + 4, at + 4, end) + 4;
      out = copy(at - candidate, length, out);
      at += length;
      done = at;
      tries = 1 << PATIENCE_BITS;
      if (at < limit) seen(load<u32>(at - 1), start, at - 1);
    }
  }
  return done < end ? literal(done, end, out) : out;
}

/** Where the same hash was seen before in the block; it's seen at `at` from now on. */
function seen(word: u32, start: usize, at: usize): usize {
  const slot = table + (((word * 0x1e35a7bd) >>> (32 - TABLE_BITS)) << 1);
  const before = start + load<u16>(slot);
  store<u16>(slot, (at - start) as u16);
  return before;
}

/** How many bytes are equal from `left` and `right` on. */
function common(left: usize, right: usize, end: usize): usize {
  let a = left;
  let b = right;
  for (; b + 8 <= end; a += 8, b += 8) {
    const differing = load<u64>(a) ^ load<u64>(b);
    if (differing != 0) return b - right + ((ctz(differing) >> 3) as usize);
  }
  while (b < end && load<u8>(a) == load<u8>(b)) {
    a++;
    b++;
  }
  return b - right;
}

function literal(start: usize, end: usize, to: usize): usize {
  const length = end - start;
  if (length == 0) return to;
  let out = to;
  const last = (length - 1) as u32;
  if (last < 60) {
    store<u8>(out++, last << 2);
  } else if (last < 256) {
    store<u8>(out++, 60 << 2);
    store<u8>(out++, last);
  } else {
    store<u8>(out++, 61 << 2);
    store<u16>(out, last as u16);
    out += 2;
  }
  for (let i: usize = 0; i < length; i += 16) v128.store(out + i, v128.load(start + i));
  return out + length;
}

function copy(offset: usize, length: usize, to: usize): usize {
  let out = to;
  let left = length;
  // What is left for the last piece must not be less than 4 bytes.
  for (; left >= 68; left -= 64) out = copyPiece(offset, 64, out);
  if (left > 64) {
    out = copyPiece(offset, 60, out);
    left -= 60;
  }
  if (left >= 12 || offset >= 2048) return copyPiece(offset, left, out);
  store<u8>(out, 1 | ((left - 4) << 2) | ((offset >> 8) << 5));
  store<u8>(out + 1, offset);
  return out + 2;
}

function copyPiece(offset: usize, length: usize, to: usize): usize {
  store<u8>(to, 2 | ((length - 1) << 2));
  store<u16>(to + 1, offset as u16);
  return to + 3;
}
