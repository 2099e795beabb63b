import type { ScannedContent } from '../masks/scannedContent.js';

const SLOTS = 1 << 16;
/** Words of all messages together (4 MB). */
const WORDS = 1 << 20;
/** Longer messages are rare and not kept. */
const MAX_BYTES = 4096;

/** Numbers masked messages 0, 1, ... in order of first appearance, until it is full; compared in full. */
export class MessageTable {
  /** Messages so far. */
  size = 0;
  /** Whether it is better to `clear` the table: not every message gets a number any more. */
  full = false;
  private readonly hashes = new Int32Array(SLOTS);
  private readonly starts = new Int32Array(SLOTS);
  /** Length in bytes; 0 marks a free slot. */
  private readonly lengths = new Int32Array(SLOTS);
  private readonly numbers = new Int32Array(SLOTS);
  private readonly words = new Int32Array(WORDS);
  private usedWords = 0;

  /** The number of a message, which is `size - 1` if it is new; -1: it isn't kept. */
  intern(message: ScannedContent): number {
    const { maskedLength } = message;
    if (maskedLength === 0 || maskedLength > MAX_BYTES) return -1;
    const hash = hashOf(message);
    let slot = hash & (SLOTS - 1);
    while (this.lengths[slot] !== 0) {
      if (this.holds(slot, hash, message)) return this.numbers[slot];
      slot = (slot + 1) & (SLOTS - 1);
    }
    return this.add(slot, hash, message);
  }

  clear(): void {
    this.lengths.fill(0);
    this.size = 0;
    this.usedWords = 0;
    this.full = false;
  }

  private holds(slot: number, hash: number, { words, maskedLength }: ScannedContent): boolean {
    if (this.hashes[slot] !== hash || this.lengths[slot] !== maskedLength) return false;
    const known = this.words;
    const at = this.starts[slot];
    const count = (maskedLength + 3) >> 2;
    for (let i = 0; i < count; i++) if (known[at + i] !== words[i]) return false;
    return true;
  }

  private add(slot: number, hash: number, { words, maskedLength }: ScannedContent): number {
    const count = (maskedLength + 3) >> 2;
    this.full ||= this.size >= SLOTS / 2 || this.usedWords + count > WORDS;
    if (this.full) return -1;
    this.words.set(words.subarray(0, count), this.usedWords);
    this.hashes[slot] = hash;
    this.starts[slot] = this.usedWords;
    this.lengths[slot] = maskedLength;
    this.numbers[slot] = this.size;
    this.usedWords += count;
    return this.size++;
  }
}

/** Hashes the message word by word, after the last word is filled up with zeros. */
function hashOf({ masked, words, maskedLength }: ScannedContent): number {
  const count = (maskedLength + 3) >> 2;
  for (let i = maskedLength; i < count << 2; i++) masked[i] = 0;
  let hash = maskedLength;
  for (let i = 0; i < count; i++) {
    hash = Math.imul(hash ^ words[i], 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}
