import { gridY, line, ruleX, text } from '@observablehq/plot';
import type { Ranking } from '../metrics.js';
import type { Histogram } from './histogram.js';
import type { Html } from './html.js';
import { inPercent } from './operatingPoints.js';
import { ANOMALY, drawSvg, FAINT, frame, HALO, INK, legend, MUTED, NORMAL, short } from './svg.js';
import { thin } from './thin.js';

interface SweepPoint {
  threshold: number;
  precision: number;
  recall: number;
  f1: number;
}

const LINES = [
  { figure: 'precision', colour: NORMAL, dash: '6 3' },
  { figure: 'recall', colour: MUTED, dash: '2 3' },
  { figure: 'f1', colour: ANOMALY, dash: undefined },
] as const;

/** Precision, recall and F1 at every threshold between two scores, with the one that was chosen. */
export function thresholdChart(ranking: Ranking, chosen: number, scale: Histogram['scale'], width: number): Html {
  const points = sweep(ranking);
  const thresholds = points.map(({ threshold }) => threshold);
  const domain = [Math.min(chosen, ...thresholds), Math.max(chosen, ...thresholds)];
  return drawSvg(`Precision, recall and F1 by threshold; chosen: ${short(chosen)}`, {
    ...frame(width),
    x: {
      type: scale,
      domain: scale === 'log' ? domain.map((end) => Math.max(end, Number.MIN_VALUE)) : domain,
      label: 'threshold',
      labelAnchor: 'right',
      ticks: width / 80,
      tickFormat: scale === 'log' ? '~g' : undefined,
    },
    y: { domain: [0, 1], label: '%', tickFormat: inPercent, ticks: 5 },
    marks: [
      gridY({ ticks: 5, ...FAINT }),
      ...LINES.map(({ figure, colour, dash }) =>
        line(thin(points, 'threshold', figure, { spans: [domain[1] - domain[0] || 1, 1] }), {
          x: 'threshold',
          y: figure,
          stroke: colour,
          strokeWidth: 2.2,
          strokeDasharray: dash,
          curve: 'step-after',
        }),
      ),
      ...legend(
        LINES.map(({ figure, colour }) => ({ name: figure === 'f1' ? 'F1' : figure, colour })),
        { at: 'right' },
      ),
      ruleX([chosen], { stroke: INK, strokeWidth: 1.5, strokeDasharray: '5 3' }),
      text([chosen], {
        x: (value: number) => value,
        frameAnchor: 'top',
        dy: -18,
        text: () => `threshold ${short(chosen)}`,
        textAnchor: chosen > (domain[0] + domain[1]) / 2 ? 'end' : 'start',
        fill: INK,
        ...HALO,
      }),
    ],
  });
}

/** A threshold at each distinct score but the highest: what scores above it are the steps before. */
function sweep({ scores, tp, fp, anomalies }: Ranking): SweepPoint[] {
  const points = Array.from(scores.subarray(1), (threshold, k) => ({
    threshold,
    precision: tp[k] / (tp[k] + fp[k]),
    recall: tp[k] / anomalies,
    f1: (2 * tp[k]) / (tp[k] + fp[k] + anomalies),
  }));
  return points.reverse();
}
