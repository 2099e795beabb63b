import { gridY, line } from '@observablehq/plot';
import type { Ranking } from '../metrics.js';
import { type Comparison, type DetectorResult, percent } from '../result.js';
import type { Html } from './html.js';
import { inPercent, letter, letteredMarks, modelMark } from './operatingPoints.js';
import { drawSvg, FAINT, frame, NORMAL } from './svg.js';
import { thin } from './thin.js';

/** The ROC curve, with the point where the threshold puts the detector and the lettered baselines. */
export function rocChart(ranking: Ranking, { result, baselines }: Comparison, width: number): Html {
  const place = { x: 'alarms', y: 'recall' } as const;
  const points = baselines.map((baseline, i) => ({ ...rates(baseline), letters: letter(i) }));
  return drawSvg(`ROC curve of ${result.name}: area ${percent(result.auroc)} %`, {
    ...frame(width),
    x: {
      domain: [0, 1],
      label: 'normal sessions with an alert, %',
      labelAnchor: 'right',
      tickFormat: inPercent,
      ticks: 5,
    },
    y: { domain: [0, 1], label: 'recall, %', tickFormat: inPercent, ticks: 5 },
    marks: [
      gridY({ ticks: 5, ...FAINT }),
      line(
        [
          [0, 0],
          [1, 1],
        ],
        { stroke: 'currentColor', strokeOpacity: 0.22, strokeDasharray: '2 3' },
      ),
      line(rocCurve(ranking), { ...place, stroke: NORMAL, strokeWidth: 2.2 }),
      ...modelMark(result, rates(result), place),
      ...letteredMarks(points, place),
    ],
  });
}

interface RocPoint {
  /** Share of the normal sessions that are alerts. */
  alarms: number;
  recall: number;
}

export function rocCurve({ tp, fp, anomalies, normal }: Ranking): RocPoint[] {
  const points = Array.from(tp, (found, k) => ({ alarms: fp[k] / normal, recall: found / anomalies }));
  return thin([{ alarms: 0, recall: 0 }, ...points], 'alarms', 'recall');
}

export function rates({ tp, fp, fn, tn }: DetectorResult): RocPoint {
  return {
    alarms: (fp ?? 0) / Math.max(1, (fp ?? 0) + (tn ?? 0)),
    recall: (tp ?? 0) / Math.max(1, (tp ?? 0) + (fn ?? 0)),
  };
}
