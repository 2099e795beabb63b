import { distance } from 'fastest-levenshtein';

interface Reference {
  text: string;
  /** How often each kind of event occurs. */
  kinds: number[];
  counts: number[];
}

/** Kinds of events that a text can tell apart, a character each. */
const MOST_KINDS = 0xffff;

/**
 * Finds how far a sequence is from the nearest of some reference sequences: the fewest insertions, deletions and
 * replacements (Levenshtein, 1966). Kinds of events beyond 65,535 are taken for one.
 */
export class NearestSequence {
  private readonly codes = new Map<number, number>();
  private readonly references: Reference[];

  constructor(references: readonly Int32Array[]) {
    this.references = references.map((sequence) => {
      const counts = countsOf(sequence);
      return { text: this.text(sequence), kinds: [...counts.keys()], counts: [...counts.values()] };
    });
  }

  /** Edit distance to the nearest reference; Infinity without any. */
  distance(sequence: Int32Array): number {
    return this.nearest(sequence).distance;
  }

  /** The nearest reference, of equals any; -1 without one. */
  nearest(sequence: Int32Array): { distance: number; reference: number } {
    const text = this.text(sequence);
    const counts = countsOf(sequence);
    const bounds = this.references.map((reference) => lowerBound(sequence.length, counts, reference));
    const first = bounds.reduce((least, bound, r) => (bound < bounds[least] ? r : least), 0);
    let best = { distance: Infinity, reference: -1 };
    const compare = (r: number) => {
      const found = distance(text, this.references[r].text);
      if (found < best.distance) best = { distance: found, reference: r };
    };
    if (bounds.length > 0) compare(first);
    for (let r = 0; r < bounds.length; r++) if (bounds[r] < best.distance) compare(r);
    return best;
  }

  /** A character for each event. */
  private text(sequence: Int32Array): string {
    const codes = Uint16Array.from(sequence, (event) => this.code(event));
    return Buffer.from(codes.buffer).toString('utf16le');
  }

  private code(event: number): number {
    const code = this.codes.get(event) ?? Math.min(this.codes.size, MOST_KINDS);
    this.codes.set(event, code);
    return code;
  }
}

function countsOf(sequence: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const event of sequence) counts.set(event, (counts.get(event) ?? 0) + 1);
  return counts;
}

/** Each edit mends at most one event that is too many and one that is too few. */
function lowerBound(length: number, query: ReadonlyMap<number, number>, { text, kinds, counts }: Reference): number {
  let common = 0;
  for (let k = 0; k < kinds.length; k++) common += Math.min(counts[k], query.get(kinds[k]) ?? 0);
  return Math.max(length, text.length) - common;
}
