import { allocate, Bytes, copyShort, equal, hashOf } from './memory';

/**
 * Distinct texts, numbered 0, 1, ... in order of first appearance. They lie one after the other with their length before
 * them (32 bits), which is Parquet's plain encoding.
 */
export class TextTable {
  size: i32 = 0;
  readonly texts: Bytes = new Bytes(1 << 14);
  private mask: u32 = 1023;
  /** Number of a text and 1, by hash; 0: free. */
  private slots: usize = cleared(1024);
  /** By number: the text's hash, and where it is in `texts`. */
  private entries: Bytes = new Bytes(1 << 12);
  private last: i32 = -1;

  /** The number of a text, which is added if it's new. */
  intern(start: usize, end: usize): i32 {
    // Levels, components and the sessions of a burst come again and again.
    if (this.last >= 0 && this.holds(this.last, start, end - start)) return this.last;
    const hash = hashOf(start, end);
    let slot = hash & this.mask;
    for (;;) {
      const number = load<i32>(this.slots + (slot << 2)) - 1;
      if (number < 0) break;
      if (load<u32>(this.entries.at + (number << 3)) == hash && this.holds(number, start, end - start)) {
        this.last = number;
        return number;
      }
      slot = (slot + 1) & this.mask;
    }
    return this.add(start, end - start, hash, slot);
  }

  clear(): void {
    if (this.size > 0) memory.fill(this.slots, 0, ((this.mask as usize) + 1) << 2);
    this.size = 0;
    this.last = -1;
    this.texts.used = 0;
    this.entries.used = 0;
  }

  private holds(number: i32, start: usize, length: usize): bool {
    const at = this.texts.at + load<u32>(this.entries.at + (number << 3), 4);
    return load<usize>(at) == length && equal(at + 4, start, length);
  }

  private add(start: usize, length: usize, hash: u32, slot: u32): i32 {
    const texts = this.texts;
    const entries = this.entries;
    entries.reserve(8);
    store<u32>(entries.end, hash);
    store<u32>(entries.end, texts.used as u32, 4);
    entries.used += 8;
    texts.reserve(4 + length);
    store<usize>(texts.end, length);
    copyShort(texts.end + 4, start, length);
    texts.used += 4 + length;
    this.last = this.size;
    store<i32>(this.slots + (slot << 2), ++this.size);
    if (this.size * 2 > (this.mask as i32)) this.rehash();
    return this.last;
  }

  private rehash(): void {
    this.mask = this.mask * 2 + 1;
    this.slots = cleared(this.mask + 1);
    for (let number = 0; number < this.size; number++) {
      let slot = load<u32>(this.entries.at + (number << 3)) & this.mask;
      while (load<i32>(this.slots + (slot << 2)) != 0) slot = (slot + 1) & this.mask;
      store<i32>(this.slots + (slot << 2), number + 1);
    }
  }
}

function cleared(slots: usize): usize {
  const at = allocate(slots << 2);
  memory.fill(at, 0, slots << 2);
  return at;
}
