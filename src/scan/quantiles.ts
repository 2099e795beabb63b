const KEPT = 1000;

/** The values in ascending order; of more than a thousand every so many-th, the largest included. */
export function quantiles(values: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length <= KEPT) return [...sorted];
  return Array.from({ length: KEPT }, (_, i) => sorted[Math.round((i / (KEPT - 1)) * (sorted.length - 1))]);
}
