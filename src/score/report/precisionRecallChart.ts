import { gridY, line, text } from '@observablehq/plot';
import { bestF1, precisionRecallCurve, type Ranking } from '../metrics.js';
import { type Comparison, type DetectorResult, percent } from '../result.js';
import type { Html } from './html.js';
import { inPercent, letter, letteredMarks, modelMark } from './operatingPoints.js';
import { drawSvg, FAINT, frame, MUTED, NORMAL } from './svg.js';
import { thin } from './thin.js';

/**
 * The precision-recall curve with the point where the threshold puts the detector, and the baselines as lettered
 * points in the order of the result table.
 */
export function precisionRecallChart(ranking: Ranking, { result, baselines }: Comparison, width: number): Html {
  const curve = precisionRecallCurve(ranking);
  const start = curve.slice(0, 1).map(({ precision }) => ({ recall: 0, precision }));
  const points = thin([...start, ...curve], 'recall', 'precision', { keep: 1 + (bestF1(ranking)?.step ?? 0) });
  const label = `Precision-recall curve of ${result.name}: area ${percent(result.auprc)} %, F1 ${percent(result.f1)} % at the threshold`;
  return drawSvg(label, {
    ...frame(width),
    x: { domain: [0, 1], label: 'recall, %', labelAnchor: 'right', tickFormat: inPercent, ticks: 5 },
    y: { domain: [0, 1], label: 'precision, %', tickFormat: inPercent, ticks: 5 },
    marks: [
      gridY({ ticks: 5, ...FAINT }),
      ...[0.5, 0.7, 0.9].flatMap(equalF1),
      line(points, { x: 'recall', y: 'precision', stroke: NORMAL, strokeWidth: 2.2, curve: 'step-before' }),
      ...[result].filter(isDrawn).flatMap((one) => modelMark(one, one, { x: 'recall', y: 'precision' })),
      ...baselineMarks(baselines),
    ],
  });
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
  return letteredMarks(points, { x: 'recall', y: 'precision' });
}

function isDrawn({ precision, recall }: DetectorResult): boolean {
  return precision !== null && recall !== null;
}
