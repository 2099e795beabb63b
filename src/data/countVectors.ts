/** How often each kind of event occurs in a sequence, in order of kind. */
export type CountVector = ReadonlyMap<number, number>;

/** The distinct count vectors of a list of sequences. */
export interface CountVectors {
  /** (sequences) index of each sequence's vector. */
  of: Uint32Array;
  vectors: CountVector[];
}

/** Counts the events of each sequence, whatever their order. */
export function countVectors(sequences: readonly Int32Array[]): CountVectors {
  const known = new Map<string, number>();
  const vectors: CountVector[] = [];
  const of = Uint32Array.from(sequences, (sequence) => {
    const sorted = sequence.slice().sort();
    const name = sorted.join();
    const found = known.get(name);
    if (found !== undefined) return found;
    known.set(name, vectors.length);
    return vectors.push(countOf(sorted)) - 1;
  });
  return { of, vectors };
}

/** @param sorted the events of a sequence, in order of kind */
function countOf(sorted: Int32Array): CountVector {
  const counts = new Map<number, number>();
  for (const event of sorted) counts.set(event, (counts.get(event) ?? 0) + 1);
  return counts;
}

/** The count vector of one sequence. */
export function countVector(sequence: Int32Array): CountVector {
  return countOf(sequence.slice().sort());
}

/** Variance that is added to each kind's own; it bounds the weight of an event whose number never varies. */
const FLOOR = 0.2;

/** Weight of an event that training never saw. */
export const UNSEEN_WEIGHT = 1 / Math.sqrt(FLOOR);

/**
 * One weight for each kind of event, 1 / sqrt(variance + .2): a difference counts less in an event whose number varies
 * anyway. A kind that no vector has weighs `UNSEEN_WEIGHT`.
 * @param times how often each vector occurs in the training sessions
 */
export function varianceWeights(vectors: readonly CountVector[], times: ArrayLike<number>): Map<number, number> {
  const [sum, squares] = [new Map<number, number>(), new Map<number, number>()];
  let sessions = 0;
  vectors.forEach((vector, v) => {
    sessions += times[v];
    for (const [kind, count] of vector) {
      sum.set(kind, (sum.get(kind) ?? 0) + times[v] * count);
      squares.set(kind, (squares.get(kind) ?? 0) + times[v] * count ** 2);
    }
  });
  const variance = (kind: number) => (squares.get(kind) ?? 0) / sessions - ((sum.get(kind) ?? 0) / sessions) ** 2;
  return new Map(Array.from(sum.keys(), (kind) => [kind, 1 / Math.sqrt(variance(kind) + FLOOR)]));
}

/** The reference that lies nearest to a vector. */
export interface Nearest {
  /** Weighted L1 distance; Infinity without references. */
  distance: number;
  /** Index of the reference; -1 without any. Of equals, any. */
  reference: number;
}

interface Reference {
  index: number;
  norm: number;
  kinds: Int32Array;
  counts: Float64Array;
}

/** Finds the nearest of some reference vectors in weighted L1 distance. */
export class NearestVector {
  /** In order of norm. */
  private readonly references: Reference[];

  constructor(
    references: readonly CountVector[],
    private readonly weights: ReadonlyMap<number, number>,
    /** Weight of a kind that has none. */
    private readonly unseen = UNSEEN_WEIGHT,
  ) {
    this.references = references
      .map((vector, index) => ({
        index,
        norm: this.norm(vector),
        kinds: Int32Array.from(vector.keys()),
        counts: Float64Array.from(vector.values()),
      }))
      .sort((a, b) => a.norm - b.norm);
  }

  /** @param except index of a reference that doesn't count */
  nearest(vector: CountVector, except = -1): Nearest {
    const { distance, reference } = this.search(vector, this.norm(vector), except);
    // Equal distances that were summed in another order must tie, above all with a threshold.
    return { distance: Math.round(distance * 1e9) / 1e9, reference };
  }

  weight(kind: number): number {
    return this.weights.get(kind) ?? this.unseen;
  }

  /** Goes outward from the references of equal norm: |norm(a) - norm(b)| is never more than the distance of a and b. */
  private search(vector: CountVector, norm: number, except: number): Nearest {
    let up = this.position(norm);
    let down = up - 1;
    let best: Nearest = { distance: Infinity, reference: -1 };
    for (;;) {
      const above = up < this.references.length ? this.references[up].norm - norm : Infinity;
      const under = down >= 0 ? norm - this.references[down].norm : Infinity;
      if (Math.min(above, under) >= best.distance) return best;
      const reference = this.references[above < under ? up++ : down--];
      if (reference.index === except) continue;
      const distance = norm + reference.norm - 2 * this.overlap(reference, vector);
      if (distance < best.distance) best = { distance, reference: reference.index };
    }
  }

  /** Since |a - b| = a + b - 2 min(a, b), only the events of the reference have to be looked at. */
  private overlap({ kinds, counts }: Reference, vector: CountVector): number {
    let sum = 0;
    for (let j = 0; j < kinds.length; j++) {
      sum += this.weight(kinds[j]) * Math.min(counts[j], vector.get(kinds[j]) ?? 0);
    }
    return sum;
  }

  private norm(vector: CountVector): number {
    let sum = 0;
    for (const [kind, count] of vector) sum += this.weight(kind) * count;
    return sum;
  }

  /** The first reference whose norm is `norm` or more. */
  private position(norm: number): number {
    let [low, high] = [0, this.references.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.references[middle].norm < norm) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
