import type { Cluster } from './drain.js';
import type { ScannedContent } from './scannedContent.js';

const SLOTS = 1 << 16;
/** Words of all keys together (4 MB). */
const KEY_WORDS = 1 << 20;
/** Longer messages are rare and not kept. */
const MAX_KEY_BYTES = 4096;

/**
 * Remembers which cluster a masked message led to. An entry holds only as long as Drain's version for its token count
 * is the same, so that asking the cache and asking Drain are one; keys are compared in full.
 */
export class ClusterCache {
  private readonly hashes = new Int32Array(SLOTS);
  private readonly keyAt = new Int32Array(SLOTS);
  /** Length in bytes; 0 marks a free slot. */
  private readonly keyBytes = new Int32Array(SLOTS);
  private readonly versions = new Int32Array(SLOTS);
  private readonly values: (Cluster | undefined)[] = new Array(SLOTS).fill(undefined);
  private readonly keys = new Int32Array(KEY_WORDS);
  private used = 0;
  private usedWords = 0;
  private hash = 0;
  private slot = -1;

  /** Looks a message up; true when it is known at this version, with its cluster (or its having none) in `cluster`. */
  find(message: ScannedContent, version: number): boolean {
    const bytes = message.maskedLength;
    if (bytes === 0 || bytes > MAX_KEY_BYTES) {
      this.slot = -1;
      return false;
    }
    this.hash = hashOf(message);
    let slot = this.hash & (SLOTS - 1);
    while (this.keyBytes[slot] !== 0 && !this.holds(slot, message)) slot = (slot + 1) & (SLOTS - 1);
    this.slot = slot;
    return this.keyBytes[slot] !== 0 && this.versions[slot] === version;
  }

  /** The cluster of the message found last; undefined when it matched none. */
  get cluster(): Cluster | undefined {
    return this.values[this.slot];
  }

  /** Remembers the cluster of the message looked up last. */
  put(message: ScannedContent, version: number, cluster: Cluster | undefined): void {
    if (this.slot < 0) return;
    if (this.keyBytes[this.slot] === 0) this.addKey(message);
    this.versions[this.slot] = version;
    this.values[this.slot] = cluster;
  }

  private holds(slot: number, { words, maskedLength }: ScannedContent): boolean {
    if (this.hashes[slot] !== this.hash || this.keyBytes[slot] !== maskedLength) return false;
    const { keys } = this;
    const at = this.keyAt[slot];
    const count = (maskedLength + 3) >> 2;
    for (let i = 0; i < count; i++) if (keys[at + i] !== words[i]) return false;
    return true;
  }

  private addKey(message: ScannedContent): void {
    const count = (message.maskedLength + 3) >> 2;
    if (this.used >= SLOTS / 2 || this.usedWords + count > KEY_WORDS) this.clear();
    this.keys.set(message.words.subarray(0, count), this.usedWords);
    this.hashes[this.slot] = this.hash;
    this.keyAt[this.slot] = this.usedWords;
    this.keyBytes[this.slot] = message.maskedLength;
    this.usedWords += count;
    this.used++;
  }

  /** Forgets everything. */
  clear(): void {
    this.keyBytes.fill(0);
    this.values.fill(undefined);
    this.used = 0;
    this.usedWords = 0;
    this.slot = this.hash & (SLOTS - 1);
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
