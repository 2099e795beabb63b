import { dot, text } from '@observablehq/plot';
import { type DetectorResult, percent } from '../result.js';
import { ANOMALY, GROUND, HALO, INK } from './svg.js';

/** The share of an axis that a label takes. */
const LABEL_SHARE = 0.05;

/** The letter of a baseline in the charts and in the table. */
export function letter(i: number): string {
  return String.fromCharCode(65 + i);
}

export function inPercent(fraction: number): string {
  return String(Math.round(100 * fraction));
}

/** Labels of points that lie close together become one. */
function together<P extends { letters: string }>(points: readonly P[], x: keyof P, y: keyof P): P[] {
  const near = (a: P, b: P, key: keyof P) => Math.abs(Number(a[key]) - Number(b[key])) < LABEL_SHARE;
  const labels: P[] = [];
  for (const point of points) {
    const other = labels.find((label) => near(label, point, x) && near(label, point, y));
    if (other) other.letters += ` ${point.letters}`;
    else labels.push({ ...point });
  }
  return labels;
}

/** The baselines as lettered points. */
export function letteredMarks<P extends { letters: string }>(
  points: readonly P[],
  place: { x: keyof P & string; y: keyof P & string },
) {
  return [
    dot(points, { ...place, r: 4, stroke: INK, strokeWidth: 1.5 }),
    text(together(points, place.x, place.y), {
      ...place,
      text: 'letters',
      dy: -12,
      fontSize: 11,
      fill: INK,
      ...HALO,
    }),
  ];
}

/** Where the threshold puts the detector, with its name and F1. */
export function modelMark<P>(result: DetectorResult, point: P, place: { x: keyof P & string; y: keyof P & string }) {
  const onRight = Number(point[place.x]) > 0.5;
  const low = Number(point[place.y]) < 0.15;
  return [
    dot([point], { ...place, r: 6.5, fill: ANOMALY, stroke: GROUND, strokeWidth: 1.5 }),
    text([point], {
      ...place,
      text: () => `${result.name}, F1 ${percent(result.f1)}`,
      textAnchor: onRight ? 'end' : 'start',
      dx: onRight ? -12 : 12,
      dy: low ? -14 : 16,
      fill: INK,
      ...HALO,
    }),
  ];
}
