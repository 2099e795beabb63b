/** A place of two sequences side by side; -1 where one of them has nothing there. */
export interface Place {
  left: number;
  right: number;
}

/** More steps than this are not looked at: a byte each. */
const MOST_CELLS = 1 << 26;

const [BOTH, LEFT, RIGHT] = [0, 1, 2];

/**
 * Puts two sequences side by side with as few insertions, deletions and replacements as possible (Wagner, Fischer, 1974);
 * undefined where the parts that differ are too long for that.
 */
export function align(left: Int32Array, right: Int32Array): Place[] | undefined {
  const shorter = Math.min(left.length, right.length);
  let head = 0;
  while (head < shorter && left[head] === right[head]) head++;
  let tail = 0;
  while (tail < shorter - head && left.at(-1 - tail) === right.at(-1 - tail)) tail++;
  const [n, m] = [left.length - head - tail, right.length - head - tail];
  if ((n + 1) * (m + 1) > MOST_CELLS) return undefined;
  const steps = cheapestSteps(left.subarray(head, head + n), right.subarray(head, head + m));
  const same = (length: number, l: number, r: number) =>
    Array.from({ length }, (_, i) => ({ left: l + i, right: r + i }));
  return [
    ...same(head, 0, 0),
    ...walkBack(steps, n, m).map((place) => ({
      left: place.left < 0 ? -1 : head + place.left,
      right: place.right < 0 ? -1 : head + place.right,
    })),
    ...same(tail, head + n, head + m),
  ];
}

/** (n + 1, m + 1) the last step of a cheapest way to each pair of prefixes. */
function cheapestSteps(left: Int32Array, right: Int32Array): Uint8Array {
  const width = right.length + 1;
  const steps = new Uint8Array((left.length + 1) * width).fill(RIGHT, 0, width);
  let above = Uint32Array.from({ length: width }, (_, j) => j);
  for (let i = 1; i <= left.length; i++) {
    const costs = new Uint32Array(width);
    costs[0] = i;
    steps[i * width] = LEFT;
    for (let j = 1; j < width; j++) {
      const replaced = above[j - 1] + (left[i - 1] === right[j - 1] ? 0 : 1);
      const best = Math.min(replaced, above[j] + 1, costs[j - 1] + 1);
      costs[j] = best;
      steps[i * width + j] = best === replaced ? BOTH : best === above[j] + 1 ? LEFT : RIGHT;
    }
    above = costs;
  }
  return steps;
}

function walkBack(steps: Uint8Array, n: number, m: number): Place[] {
  const places: Place[] = [];
  for (let [i, j] = [n, m]; i > 0 || j > 0; ) {
    const step = steps[i * (m + 1) + j];
    if (step !== RIGHT) i--;
    if (step !== LEFT) j--;
    places.push({ left: step === RIGHT ? -1 : i, right: step === LEFT ? -1 : j });
  }
  return places.reverse();
}
