/** Index of the first of the ascending values from `from` on that is `border` or more; `to` when there is none. */
export function firstNotBelow(values: ArrayLike<number>, border: number, from = 0, to = values.length): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] < border) low = middle + 1;
    else high = middle;
  }
  return low;
}
