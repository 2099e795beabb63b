/**
 * The order statistic x(k) of n numbers, k = ceil(q n), at least the smallest. No interpolation: the value is one that
 * occurred, and at most a share of 1 - q of the numbers lies above it.
 * @param q quantile, 0 < q <= 1; 1 is the largest
 * @returns NaN without numbers
 */
export function orderStatistic(values: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(values).sort();
  // A product such as .55 x 100 may come out a little above the integer that it stands for.
  const k = Math.max(1, Math.ceil(q * sorted.length - 1e-9));
  return sorted[k - 1] ?? NaN;
}
