import { dot, gridY, line } from '@observablehq/plot';
import { precisionRecallCurve, rank } from '../metrics.js';
import type { ChartData } from './charts.js';
import type { Html } from './html.js';
import { inPercent } from './operatingPoints.js';
import { rates, rocCurve } from './rocChart.js';
import { drawSvg, FAINT, frame, INK, legend } from './svg.js';
import { thin } from './thin.js';

/** Eight colours that are told apart with every common kind of colour blindness (Okabe and Ito, 2008). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#b8a800'];

interface Curve {
  name: string;
  points: { x: number; y: number }[];
  /** Where the threshold puts the detector. */
  at: { x: number; y: number };
}

/** Precision-recall and ROC curves of several runs on the same sessions, a dot at each one's own threshold. */
export function curveCharts(runs: readonly ChartData[]): { name: string; chart(width: number): Html }[] {
  const ranked = runs.map((run) => ({ run, name: nameOf(run, runs), ranking: rank(run.scores, run.labels) }));
  const precisionRecall = ranked.map(({ run: { result }, name, ranking }): Curve => {
    const points = precisionRecallCurve(ranking).map(({ recall, precision }) => ({ x: recall, y: precision }));
    const { recall, precision } = result.result;
    return { name, points: [{ x: 0, y: points[0].y }, ...points], at: { x: recall ?? 0, y: precision ?? 0 } };
  });
  const roc = ranked.map(({ run: { result }, name, ranking }): Curve => {
    const { alarms, recall } = rates(result.result);
    const points = rocCurve(ranking).map((point) => ({ x: point.alarms, y: point.recall }));
    return { name, points, at: { x: alarms, y: recall } };
  });
  return [
    { name: 'precision-recall', chart: (width) => draw(precisionRecall, 'recall, %', 'precision, %', width) },
    { name: 'roc', chart: (width) => draw(roc, 'normal sessions with an alert, %', 'recall, %', width) },
  ];
}

/** The detector's name, or the run's where two have the same detector. */
function nameOf({ result }: ChartData, runs: readonly ChartData[]): string {
  const alike = runs.filter((other) => other.result.result.name === result.result.name);
  return alike.length > 1 ? result.run : result.result.name;
}

function draw(curves: readonly Curve[], x: string, y: string, width: number): Html {
  const colour = (c: number) => COLOURS[c % COLOURS.length];
  return drawSvg(`${y} over ${x} of ${curves.map(({ name }) => name).join(', ')}`, {
    ...frame(width),
    x: { domain: [0, 1], label: x, labelAnchor: 'right', tickFormat: inPercent, ticks: 5 },
    y: { domain: [0, 1], label: y, tickFormat: inPercent, ticks: 5 },
    marks: [
      gridY({ ticks: 5, ...FAINT }),
      ...curves.map(({ points }, c) =>
        line(thin(points, 'x', 'y'), { x: 'x', y: 'y', stroke: colour(c), strokeWidth: 2 }),
      ),
      ...curves.map(({ at }, c) => dot([at], { x: 'x', y: 'y', r: 4.5, fill: colour(c), stroke: INK, strokeWidth: 1 })),
      ...legend(
        curves.map(({ name }, c) => ({ name, colour: colour(c) })),
        { at: 'right' },
      ),
    ],
  });
}
