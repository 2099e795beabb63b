import type { Cluster } from './drain.js';
import type { ScannedContent } from './scannedContent.js';
import type { Shape } from './shape.js';

const BUCKETS = 256;
const BUCKET_SHAPES = 8;
/** Lines over which it's judged whether guessing pays, and lines without guessing if it didn't. */
const TRIAL = 4096;
const PAUSE = 1 << 16;
/** One shape may be made in so many lines. */
const LINES_A_SHAPE = 16;

/** A shape, and the cluster of its messages as long as Drain's version for their length is this one. */
interface KnownShape {
  shape: Shape;
  cluster: Cluster;
  version: number;
}

/**
 * Guesses the shape of a message from how it begins. A guess that fails costs little, one that holds saves the scan;
 * either way the result is the same.
 */
export class ShapeTable {
  private readonly buckets: KnownShape[][] = Array.from({ length: BUCKETS }, () => []);
  private lines = 0;
  private hits = 0;
  private made = 0;
  private pause = 0;

  /** The cluster of the message if a known shape fits; `found` is then filled. */
  find(
    bytes: Uint8Array,
    start: number,
    end: number,
    found: ScannedContent,
    version: (tokens: number) => number,
  ): Cluster | undefined {
    if (this.pause > 0) {
      this.pause--;
      return undefined;
    }
    if (++this.lines === TRIAL) this.judge();
    const bucket = this.buckets[bucketOf(bytes, start, end)];
    for (let i = 0; i < bucket.length; i++) {
      const known = bucket[i];
      if (!known.shape.follow(bytes, start, end, found)) continue;
      if (known.version !== version(found.tokens)) {
        bucket.splice(i, 1);
        return undefined;
      }
      // The likeliest come first.
      if (i > 0) {
        bucket[i] = bucket[i - 1];
        bucket[i - 1] = known;
      }
      this.hits++;
      return known.cluster;
    }
    return undefined;
  }

  /** Whether a new shape is welcome. */
  get open(): boolean {
    return this.pause === 0 && this.made * LINES_A_SHAPE <= this.lines;
  }

  add(bytes: Uint8Array, start: number, end: number, known: KnownShape): void {
    const bucket = this.buckets[bucketOf(bytes, start, end)];
    if (bucket.length === BUCKET_SHAPES) bucket.pop();
    bucket.push(known);
    this.made++;
  }

  clear(): void {
    for (const bucket of this.buckets) bucket.length = 0;
  }

  private judge(): void {
    if (this.hits * 2 < TRIAL) this.pause = PAUSE;
    this.lines = 0;
    this.hits = 0;
    this.made = 0;
  }
}

/** By the first two bytes; all digits are one. */
function bucketOf(bytes: Uint8Array, start: number, end: number): number {
  const first = start < end ? bytes[start] : 0;
  const second = start + 1 < end ? bytes[start + 1] : 0;
  return (undigit(first) * 31 + undigit(second)) & (BUCKETS - 1);
}

function undigit(byte: number): number {
  return byte >= 48 && byte <= 57 ? 48 : byte;
}
