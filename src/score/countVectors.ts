/**
 * How often each event occurs, for a list of sequences: the distinct count vectors, stored sparse. Vector v has
 * `counts[j]` events of the kind `keys[j]` for j in [starts[v], starts[v + 1]).
 */
export interface CountVectors {
  /** Index of each sequence's vector. */
  of: Uint32Array;
  starts: Uint32Array;
  keys: Uint32Array;
  counts: Uint32Array;
  /** Kinds of events, so that each key is smaller. */
  kinds: number;
}

/** Counts the events of each sequence (template ids in any order). */
export function countVectors(sequences: Int32Array[]): CountVectors {
  const known = new Map<string, number>();
  const kinds = new Map<number, number>();
  const of = new Uint32Array(sequences.length);
  const [starts, keys, counts]: number[][] = [[0], [], []];
  sequences.forEach((sequence, i) => {
    const sorted = sequence.slice().sort();
    const name = sorted.join();
    of[i] = getOrSet(known, name, known.size);
    if (of[i] < starts.length - 1) return;
    for (let j = 0; j < sorted.length; j++) {
      if (j === 0 || sorted[j] !== sorted[j - 1]) {
        keys.push(getOrSet(kinds, sorted[j], kinds.size));
        counts.push(0);
      }
      counts[counts.length - 1]++;
    }
    starts.push(keys.length);
  });
  return {
    of,
    starts: Uint32Array.from(starts),
    keys: Uint32Array.from(keys),
    counts: Uint32Array.from(counts),
    kinds: kinds.size,
  };
}

/**
 * One weight for each kind of event, 1 / sqrt(variance + .2): a difference counts less in an event whose number varies
 * anyway. The .2 bounds the weight of an event whose number never varies, or that never occurs.
 * @param times how often each vector occurs in the training sessions
 */
export function varianceWeights(vectors: CountVectors, times: Uint32Array): Float64Array {
  const [sum, squares] = [new Float64Array(vectors.kinds), new Float64Array(vectors.kinds)];
  const sessions = times.reduce((total, n) => total + n, 0);
  times.forEach((n, v) => {
    for (let j = vectors.starts[v]; j < vectors.starts[v + 1]; j++) {
      sum[vectors.keys[j]] += n * vectors.counts[j];
      squares[vectors.keys[j]] += n * vectors.counts[j] ** 2;
    }
  });
  return sum.map((s, k) => 1 / Math.sqrt(squares[k] / sessions - (s / sessions) ** 2 + 0.2));
}

/** Finds how far a count vector is from the nearest of some reference vectors, in weighted L1 distance. */
export class NearestVector {
  private readonly norms: Float64Array;
  private readonly references: Uint32Array;
  private readonly query: Float64Array;

  /** @param weights one for each kind of event */
  constructor(
    private readonly vectors: CountVectors,
    references: number[],
    private readonly weights: Float64Array,
  ) {
    this.norms = Float64Array.from({ length: vectors.starts.length - 1 }, (_, v) => this.norm(v));
    this.references = Uint32Array.from(references).sort((a, b) => this.norms[a] - this.norms[b]);
    this.query = new Float64Array(vectors.kinds);
  }

  /** Distance of vector v to the nearest reference; Infinity without references. */
  distance(v: number): number {
    const { starts, keys, counts } = this.vectors;
    for (let j = starts[v]; j < starts[v + 1]; j++) this.query[keys[j]] = counts[j];
    const nearest = this.search(this.norms[v]);
    for (let j = starts[v]; j < starts[v + 1]; j++) this.query[keys[j]] = 0;
    // Equal distances that were summed in another order must tie, above all with a threshold.
    return Math.round(nearest * 1e9) / 1e9;
  }

  /** Goes outward from the references of equal norm: |norm(a) - norm(b)| is never more than the distance of a and b. */
  private search(norm: number): number {
    let up = this.position(norm);
    let down = up - 1;
    let best = Infinity;
    for (;;) {
      const above = up < this.references.length ? this.norms[this.references[up]] - norm : Infinity;
      const under = down >= 0 ? norm - this.norms[this.references[down]] : Infinity;
      if (Math.min(above, under) >= best) return best;
      const reference = this.references[above < under ? up++ : down--];
      best = Math.min(best, norm + this.norms[reference] - 2 * this.overlap(reference));
    }
  }

  /** Since |a - b| = a + b - 2 min(a, b), only the events of the reference have to be looked at. */
  private overlap(reference: number): number {
    const { starts, keys, counts } = this.vectors;
    let sum = 0;
    for (let j = starts[reference]; j < starts[reference + 1]; j++) {
      sum += this.weights[keys[j]] * Math.min(counts[j], this.query[keys[j]]);
    }
    return sum;
  }

  private norm(v: number): number {
    let sum = 0;
    for (let j = this.vectors.starts[v]; j < this.vectors.starts[v + 1]; j++) {
      sum += this.weights[this.vectors.keys[j]] * this.vectors.counts[j];
    }
    return sum;
  }

  /** The first reference whose norm is `norm` or more. */
  private position(norm: number): number {
    let [low, high] = [0, this.references.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.norms[this.references[middle]] < norm) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function getOrSet<K>(map: Map<K, number>, key: K, value: number): number {
  const found = map.get(key);
  if (found === undefined) map.set(key, value);
  return found ?? value;
}
