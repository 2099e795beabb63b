/** Counts of scores in bins of equal width, on a linear or a logarithmic axis. */
export interface Histogram {
  scale: 'linear' | 'log';
  /** Borders, one more than there are bins. A bin holds its upper border and not its lower one. */
  edges: number[];
  groups: { name: string; sessions: number; counts: number[] }[];
}

/** An axis whose largest value is so many times its median is easier to read in decades. */
const LOG_RATIO = 200;

/**
 * Bins the scores of several groups alike. The threshold is a border, so that alerts (score > threshold) fill the bins
 * to its right and no others.
 */
export function histogram(groups: { name: string; scores: Float64Array }[], threshold: number, bins = 64): Histogram {
  const sorted = groups.map(({ scores }) => scores.slice().sort());
  const low = Math.min(threshold, ...sorted.map((scores) => scores[0] ?? Infinity));
  const high = Math.max(threshold, ...sorted.map((scores) => scores.at(-1) ?? -Infinity));
  const scale = low > 0 && high > LOG_RATIO * median(sorted) ? 'log' : 'linear';
  const [to, from] = scale === 'log' ? [Math.log, Math.exp] : [Number, Number];
  const width = (to(high) - to(low)) / bins || 1;
  const left = Math.max(1, Math.ceil((to(threshold) - to(low)) / width));
  const right = Math.max(1, Math.ceil((to(high) - to(threshold)) / width));
  const edges = Array.from({ length: left + right + 1 }, (_, i) => from(to(threshold) + (i - left) * width));
  // Rounding must not carry a score over the threshold, or beyond the ends.
  const binOf = (score: number) => {
    const bin = left + Math.ceil((to(score) - to(threshold)) / width) - 1;
    return score > threshold ? Math.min(left + right - 1, Math.max(left, bin)) : Math.max(0, Math.min(left - 1, bin));
  };
  return {
    scale,
    edges,
    groups: groups.map(({ name, scores }) => ({
      name,
      sessions: scores.length,
      counts: count(scores, binOf, left + right),
    })),
  };
}

function count(scores: Float64Array, binOf: (score: number) => number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const score of scores) counts[binOf(score)]++;
  return counts;
}

/** Median of the largest group, whose scores are sorted. */
function median(groups: Float64Array[]): number {
  const largest = groups.reduce((a, b) => (b.length > a.length ? b : a));
  return largest[largest.length >> 1] ?? 0;
}
