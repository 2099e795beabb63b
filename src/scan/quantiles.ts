const KEPT = 1000;

/** The values in ascending order; of more than a thousand every so many-th, the largest included. */
export function quantiles(values: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length <= KEPT) return [...sorted];
  return Array.from({ length: KEPT }, (_, i) => sorted[Math.round((i / (KEPT - 1)) * (sorted.length - 1))]);
}

/** Ascending values, and how many cases they stand for. */
export interface Sampled {
  scores: readonly number[];
  sessions: number;
}

/** Quantiles of the cases of both. */
export function mergedQuantiles(a: Sampled, b: Sampled): number[] {
  return quantiles([...casesOf(a), ...casesOf(b)]);
}

function casesOf({ scores, sessions }: Sampled): number[] {
  return Array.from({ length: sessions }, (_, i) => scores[Math.floor((i * scores.length) / sessions)]);
}
