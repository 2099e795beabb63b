import { distance } from 'fastest-levenshtein';

/** Kinds of events that a text can tell apart, a character each. */
const MOST_KINDS = 0xffff;

/**
 * Finds how far a sequence is from the nearest of some reference sequences: the fewest insertions, deletions and
 * replacements (Levenshtein, 1966). Kinds of events beyond 65,535 are taken for one.
 */
export class NearestSequence {
  private readonly codes = new Map<number, number>();
  private readonly texts: string[];
  /** The kinds of events in reference r and how often each occurs: entries starts[r] to starts[r + 1]. */
  private readonly starts: Uint32Array;
  private readonly kinds: Uint16Array;
  private readonly counts: Uint32Array;
  /** How often each kind occurs in the sequence that is looked up; zeros between two of them. */
  private readonly wanted = new Uint32Array(MOST_KINDS + 1);
  private readonly bounds: Uint32Array;

  constructor(references: readonly Int32Array[]) {
    const coded = references.map((sequence) => this.encode(sequence));
    const counted = coded.map(countsOf);
    this.texts = coded.map(textOf);
    this.starts = new Uint32Array(references.length + 1);
    counted.forEach((counts, r) => {
      this.starts[r + 1] = this.starts[r] + counts.size;
    });
    this.kinds = Uint16Array.from(counted.flatMap((counts) => [...counts.keys()]));
    this.counts = Uint32Array.from(counted.flatMap((counts) => [...counts.values()]));
    this.bounds = new Uint32Array(references.length);
  }

  /** Edit distance to the nearest reference; Infinity without any. */
  distance(sequence: Int32Array): number {
    return this.nearest(sequence).distance;
  }

  /** The nearest reference, of equals any; -1 without one. */
  nearest(sequence: Int32Array): { distance: number; reference: number } {
    const coded = this.encode(sequence);
    const text = textOf(coded);
    const first = this.bound(coded);
    let best = { distance: Infinity, reference: -1 };
    const compare = (r: number) => {
      const found = distance(text, this.texts[r]);
      if (found < best.distance) best = { distance: found, reference: r };
    };
    if (first >= 0) compare(first);
    for (let r = 0; r < this.bounds.length; r++) if (this.bounds[r] < best.distance) compare(r);
    return best;
  }

  /**
   * Fills `bounds` with what the distance to each reference is at least: each edit mends at most one event that is too many
   * and one that is too few.
   * @returns the reference with the least one; -1 without any
   */
  private bound(coded: Uint16Array): number {
    const { starts, kinds, counts, wanted, bounds, texts } = this;
    for (const code of coded) wanted[code]++;
    let least = bounds.length > 0 ? 0 : -1;
    for (let r = 0; r < bounds.length; r++) {
      let common = 0;
      for (let k = starts[r]; k < starts[r + 1]; k++) common += Math.min(counts[k], wanted[kinds[k]]);
      bounds[r] = Math.max(coded.length, texts[r].length) - common;
      if (bounds[r] < bounds[least]) least = r;
    }
    for (const code of coded) wanted[code] = 0;
    return least;
  }

  private encode(sequence: Int32Array): Uint16Array {
    return Uint16Array.from(sequence, (event) => {
      const code = this.codes.get(event) ?? Math.min(this.codes.size, MOST_KINDS);
      this.codes.set(event, code);
      return code;
    });
  }
}

/** A character for each event. */
function textOf(coded: Uint16Array): string {
  return Buffer.from(coded.buffer).toString('utf16le');
}

function countsOf(coded: Uint16Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const code of coded) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}
