// Texts are pairs of addresses, from the first byte to behind the last. All memory that holds texts has room behind it
// for a word more, so that words can be read whole.

/** Bytes behind a text that may be read. */
export const SLACK: usize = 16;

/** Memory that is never given back. */
export function allocate(bytes: usize): usize {
  return heap.alloc(bytes + SLACK);
}

let scratchAt: usize = 0;
let scratchRoom: usize = 0;

/** Where so many bytes can be put until the next call. */
export function scratch(bytes: usize): usize {
  if (bytes > scratchRoom || scratchAt == 0) {
    scratchRoom = bytes + (bytes >> 1);
    scratchAt = allocate(scratchRoom);
  }
  return scratchAt;
}

/** A growing run of bytes. */
export class Bytes {
  at: usize;
  used: usize = 0;
  private room: usize;

  constructor(room: usize = 1 << 12) {
    this.at = allocate(room);
    this.room = room;
  }

  /** Where the next byte goes. */
  get end(): usize {
    return this.at + this.used;
  }

  /** Makes room for `more` bytes. */
  reserve(more: usize): void {
    if (this.used + more <= this.room) return;
    this.room = max(this.room * 2, this.used + more);
    const grown = allocate(this.room);
    memory.copy(grown, this.at, this.used);
    this.at = grown;
  }

  byte(value: u32): void {
    store<u8>(this.end, value);
    this.used++;
  }

  /** Appends a ULEB128 varint; needs ten bytes of room. */
  varint(value: u64): void {
    let rest = value;
    for (; rest >= 0x80; rest >>= 7) this.byte((rest as u32) | 0x80);
    this.byte(rest as u32);
  }

  zigzag(value: i64): void {
    this.varint(((value << 1) ^ (value >> 63)) as u64);
  }
}

/** The word at `at` of which `bytes` (1 to 7) count; the rest is 0. */
function partOf(at: usize, bytes: usize): u64 {
  return load<u64>(at) & (((1 as u64) << ((bytes as u64) << 3)) - 1);
}

export function hashOf(start: usize, end: usize): u32 {
  let hash: u64 = (end - start) as u64;
  let at = start;
  for (; at + 8 <= end; at += 8) hash = mixed(hash ^ load<u64>(at));
  if (at < end) hash = mixed(hash ^ partOf(at, end - at));
  return (hash ^ (hash >> 29)) as u32;
}

function mixed(value: u64): u64 {
  const product = value * 0x9e3779b97f4a7c15;
  return product ^ (product >> 32);
}

export function equal(left: usize, right: usize, length: usize): bool {
  const end = left + length;
  let at = left;
  let other = right;
  for (; at + 8 <= end; at += 8, other += 8) if (load<u64>(at) != load<u64>(other)) return false;
  return at == end || partOf(at, end - at) == partOf(other, end - at);
}

/** Copies a short text, sooner than `memory.copy` is called; up to 15 bytes behind it are overwritten. */
export function copyShort(to: usize, from: usize, length: usize): void {
  for (let i: usize = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i));
}
