import { Bytes } from './memory';

// Parquet's encodings of integers.

const BLOCK = 128;
const MINIBLOCK = 32;
/** Steps of the current block. */
const steps = memory.data(BLOCK * 8, 8);

/** DELTA_BINARY_PACKED of `count` numbers (i64). */
export function putDeltas(out: Bytes, values: usize, count: i32): void {
  out.reserve(64);
  out.varint(BLOCK);
  out.varint(BLOCK / MINIBLOCK);
  out.varint(count);
  out.zigzag(count > 0 ? load<i64>(values) : 0);
  for (let start = 1; start < count; start += BLOCK)
    putBlock(out, values + ((start as usize) << 3), min(BLOCK, count - start));
}

function putBlock(out: Bytes, values: usize, length: i32): void {
  let least = i64.MAX_VALUE;
  for (let i = 0; i < length; i++) {
    const at = values + ((i as usize) << 3);
    const step = load<i64>(at) - load<i64>(at - 8);
    store<i64>(steps + (i << 3), step);
    if (step < least) least = step;
  }
  for (let i = 0; i < BLOCK; i++) store<i64>(steps + (i << 3), i < length ? load<i64>(steps + (i << 3)) - least : 0);
  out.reserve(16 + BLOCK * 8);
  out.zigzag(least);
  const widths = out.end;
  out.used += BLOCK / MINIBLOCK;
  for (let mini = 0; mini < BLOCK / MINIBLOCK; mini++) {
    let all: u64 = 0;
    for (let i = mini * MINIBLOCK; i < (mini + 1) * MINIBLOCK; i++) all |= load<u64>(steps + (i << 3));
    const width = 64 - (clz(all) as u32);
    store<u8>(widths + mini, width);
    if (width > 0) packNumbers(out, steps + mini * MINIBLOCK * 8, 3, MINIBLOCK, width);
  }
}

/**
 * Packs numbers of up to 56 bits, least significant bit first; a multiple of 8 of them.
 * @param shift 3 for numbers of 64 bits, 2 for those of 32
 */
function packNumbers(out: Bytes, values: usize, shift: usize, count: i32, width: u32): void {
  if (width > 56) throw new Error('a step of so many bits can not be packed');
  out.reserve(((count as usize) * width) / 8 + 8);
  let at = out.end;
  let pending: u64 = 0;
  let bits: u64 = 0;
  for (let i: usize = 0; i < (count as usize); i++) {
    const value: u64 = shift == 3 ? load<u64>(values + (i << 3)) : (load<u32>(values + (i << 2)) as u64);
    pending |= value << bits;
    bits += width;
    for (; bits >= 8; bits -= 8) {
      store<u8>(at++, pending as u32);
      pending >>= 8;
    }
  }
  out.used = at - out.at;
}

/**
 * Indexes (i32) into a dictionary: their width in bits, then the hybrid encoding as one run, repeated if all are 0, else
 * packed. What is behind the last index, up to a multiple of 8, may be overwritten.
 */
export function putIndexes(out: Bytes, indexes: usize, count: i32, distinct: i32): void {
  out.reserve(16);
  if (distinct <= 1) {
    out.byte(1);
    out.varint((count as u64) << 1);
    out.byte(0);
    return;
  }
  const width = 32 - clz(distinct - 1);
  const groups = (count + 7) >> 3;
  for (let i = count; i < groups << 3; i++) store<i32>(indexes + (i << 2), 0);
  out.byte(width);
  out.varint(((groups as u64) << 1) | 1);
  packNumbers(out, indexes, 2, groups << 3, width);
}

/** `count` flags, which are bits already, as one run of the hybrid encoding. */
export function putFlags(out: Bytes, flags: usize, count: i32): void {
  const groups = ((count + 7) >> 3) as usize;
  out.reserve(groups + 16);
  out.varint((groups << 1) | 1);
  memory.copy(out.end, flags, groups);
  out.used += groups;
}

/** `count` times the flag 1. */
export function putOnes(out: Bytes, count: i32): void {
  out.reserve(16);
  out.varint((count as u64) << 1);
  out.byte(1);
}
