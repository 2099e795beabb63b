import { dot, gridY, line, text } from '@observablehq/plot';
import { bestF1, type CurvePoint, precisionRecallCurve, type Ranking } from '../metrics.js';
import { type Comparison, type DetectorResult, percent } from '../result.js';
import type { Html } from './html.js';
import { ANOMALY, drawSvg, FAINT, GROUND, HALO, INK, MUTED, NORMAL } from './svg.js';

/** Steps of the curve smaller than this share of the axis can't be seen. */
const SMALLEST_STEP = 1 / 400;

/** The share of an axis that a label takes. */
const LABEL_SHARE = 0.05;

/**
 * The precision-recall curve with the point where the threshold puts the detector, and the baselines as lettered
 * points in the order of the result table.
 */
export function precisionRecallChart(ranking: Ranking, { result, baselines }: Comparison, width: number): Html {
  const points = thin(precisionRecallCurve(ranking), bestF1(ranking)?.step ?? 0);
  const label = `Precision-recall curve of ${result.name}: area ${percent(result.auprc)} %, F1 ${percent(result.f1)} % at the threshold`;
  return drawSvg(label, {
    width,
    height: Math.round(width * 0.78),
    marginLeft: 40,
    marginRight: 22,
    marginTop: 26,
    marginBottom: 38,
    x: { domain: [0, 1], label: 'recall, %', labelAnchor: 'right', tickFormat: inPercent, ticks: 5 },
    y: { domain: [0, 1], label: 'precision, %', tickFormat: inPercent, ticks: 5 },
    marks: [
      gridY({ ticks: 5, ...FAINT }),
      ...[0.5, 0.7, 0.9].flatMap(equalF1),
      line(points, { x: 'recall', y: 'precision', stroke: NORMAL, strokeWidth: 2.2, curve: 'step-before' }),
      ...modelMarks(result),
      ...baselineMarks(baselines),
    ],
  });
}

/** The letter of a baseline in the chart and in the table. */
export function letter(i: number): string {
  return String.fromCharCode(65 + i);
}

/** Points of equal F1: precision = F1 recall / (2 recall - F1). */
function equalF1(f1: number) {
  const from = f1 / (2 - f1);
  const curve = Array.from({ length: 41 }, (_, i) => {
    const recall = from + ((1 - from) * i) / 40;
    return { recall, precision: (f1 * recall) / (2 * recall - f1) };
  });
  return [
    line(curve, { x: 'recall', y: 'precision', stroke: 'currentColor', strokeOpacity: 0.22, strokeDasharray: '2 3' }),
    text(curve.slice(-1), {
      x: 'recall',
      y: 'precision',
      text: () => inPercent(f1),
      dx: 4,
      textAnchor: 'start',
      fill: MUTED,
      fontSize: 10,
    }),
  ];
}

function baselineMarks(baselines: DetectorResult[]) {
  const points = baselines.map((baseline, i) => ({ ...baseline, letters: letter(i) })).filter(isDrawn);
  const place = { x: 'recall', y: 'precision' };
  return [
    dot(points, { ...place, r: 4, stroke: INK, strokeWidth: 1.5 }),
    text(together(points), { ...place, text: 'letters', dy: -12, fontSize: 11, fill: INK, ...HALO }),
  ];
}

/** Labels of points that lie close together become one. */
function together<P extends { recall: number | null; precision: number | null; letters: string }>(points: P[]): P[] {
  const near = (a: number | null, b: number | null) => Math.abs((a ?? 0) - (b ?? 0)) < LABEL_SHARE;
  const labels: P[] = [];
  for (const point of points) {
    const other = labels.find(
      ({ recall, precision }) => near(recall, point.recall) && near(precision, point.precision),
    );
    if (other) other.letters += ` ${point.letters}`;
    else labels.push({ ...point });
  }
  return labels;
}

function modelMarks(result: DetectorResult) {
  const points = [result].filter(isDrawn);
  const onRight = (result.recall ?? 0) > 0.5;
  const low = (result.precision ?? 0) < 0.15;
  const place = { x: 'recall', y: 'precision' };
  return [
    dot(points, { ...place, r: 6.5, fill: ANOMALY, stroke: GROUND, strokeWidth: 1.5 }),
    text(points, {
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

function isDrawn({ precision, recall }: DetectorResult): boolean {
  return precision !== null && recall !== null;
}

/** Leaves out points that nobody could tell from their neighbours, but never the ends and the point `keep`. */
function thin(points: CurvePoint[], keep: number): CurvePoint[] {
  const kept: CurvePoint[] = points.slice(0, 1).map(({ precision }) => ({ recall: 0, precision }));
  points.forEach((point, i) => {
    const last = kept[kept.length - 1];
    const step = Math.max(Math.abs(point.recall - last.recall), Math.abs(point.precision - last.precision));
    if (step >= SMALLEST_STEP || i === keep || i === points.length - 1) kept.push(point);
  });
  return kept;
}

function inPercent(fraction: number): string {
  return String(Math.round(100 * fraction));
}
