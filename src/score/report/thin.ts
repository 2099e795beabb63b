/** Steps of a curve smaller than this share of the axis can't be seen. */
const SMALLEST_STEP = 1 / 400;

/**
 * Leaves out points that nobody could tell from their neighbours, but never the ends and the point `keep`.
 * @param spans lengths of the two axes in units of the values
 */
export function thin<P>(points: readonly P[], x: keyof P, y: keyof P, { keep = -1, spans = [1, 1] } = {}): P[] {
  const kept = points.slice(0, 1);
  const step = (a: P, b: P, key: keyof P, span: number) => Math.abs(Number(a[key]) - Number(b[key])) / span;
  points.forEach((point, i) => {
    if (i === 0) return;
    const last = kept[kept.length - 1];
    const far = Math.max(step(point, last, x, spans[0]), step(point, last, y, spans[1])) >= SMALLEST_STEP;
    if (far || i === keep || i === points.length - 1) kept.push(point);
  });
  return kept;
}
