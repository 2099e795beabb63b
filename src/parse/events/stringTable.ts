/**
 * Distinct byte strings, numbered 0, 1, ... in order of first appearance. They lie one after the other with their
 * length before them (32 bits, little endian), which is Parquet's plain encoding.
 */
export class StringTable {
  private slots = new Int32Array(1024);
  private hashes = new Int32Array(512);
  private at = new Int32Array(512);
  private arena = Buffer.alloc(1 << 14);
  private used = 0;
  private last = -1;
  size = 0;

  /** The number of `bytes[start, end)`, which is added if it's new. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    // Levels, components and the sessions of a burst come again and again.
    if (this.last >= 0 && this.equals(this.last, bytes, start, end)) return this.last;
    let hash = end - start;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const index = this.slots[slot] - 1;
      if (index < 0) break;
      if (this.hashes[index] === hash && this.equals(index, bytes, start, end)) {
        this.last = index;
        return index;
      }
      slot = (slot + 1) & mask;
    }
    return this.add(bytes, start, end, hash, slot);
  }

  /** All strings in Parquet's plain encoding; valid until the next change. */
  plain(): Uint8Array {
    return this.arena.subarray(0, this.used);
  }

  text(index: number): string {
    const at = this.at[index];
    return this.arena.toString('utf8', at + 4, at + 4 + this.arena.readInt32LE(at));
  }

  clear(): void {
    if (this.size > 0) this.slots.fill(0);
    this.used = 0;
    this.size = 0;
    this.last = -1;
  }

  private equals(index: number, bytes: Uint8Array, start: number, end: number): boolean {
    const { arena } = this;
    const at = this.at[index];
    const length = end - start;
    if ((arena[at] | (arena[at + 1] << 8) | (arena[at + 2] << 16) | (arena[at + 3] << 24)) !== length) return false;
    for (let i = 0; i < length; i++) if (arena[at + 4 + i] !== bytes[start + i]) return false;
    return true;
  }

  private add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const length = end - start;
    this.reserve(length + 4);
    const index = this.size++;
    this.slots[slot] = index + 1;
    this.hashes[index] = hash;
    this.at[index] = this.used;
    this.arena.writeInt32LE(length, this.used);
    for (let i = 0; i < length; i++) this.arena[this.used + 4 + i] = bytes[start + i];
    this.used += length + 4;
    this.last = index;
    if (this.size * 2 > this.slots.length) this.rehash();
    return index;
  }

  private reserve(bytes: number): void {
    if (this.used + bytes > this.arena.length) {
      const grown = Buffer.alloc(Math.max(this.arena.length * 2, this.used + bytes));
      grown.set(this.arena.subarray(0, this.used));
      this.arena = grown;
    }
    if (this.size === this.at.length) {
      this.at = doubled(this.at);
      this.hashes = doubled(this.hashes);
    }
  }

  private rehash(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    for (let index = 0; index < this.size; index++) {
      let slot = this.hashes[index] & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = index + 1;
    }
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(array.length * 2);
  grown.set(array);
  return grown;
}
