import { dot, gridY, line, ruleX } from '@observablehq/plot';
import type { TopGPoint } from '../topG.js';
import type { Html } from './html.js';
import { inPercent } from './operatingPoints.js';
import { ANOMALY, drawSvg, FAINT, frame, INK, legend, NORMAL } from './svg.js';

/**
 * F1 by the number of likeliest events that an event has to be among.
 * @param chosen the run's own, where it has one
 */
export function topGChart(points: readonly TopGPoint[], chosen: number | undefined, width: number): Html {
  const lines = [
    { f1: 'any', name: 'any event missed', colour: NORMAL, dash: '6 3' },
    { f1: 'best', name: 'best threshold', colour: ANOMALY, dash: undefined },
  ] as const;
  return drawSvg(`F1 by top g, from 1 to ${points.length}`, {
    ...frame(width),
    x: {
      domain: [1, Math.max(2, points.length)],
      label: 'top g',
      labelAnchor: 'right',
      ticks: Math.min(10, points.length),
      tickFormat: 'd',
    },
    y: { domain: [0, 1], label: 'F1, %', tickFormat: inPercent, ticks: 5 },
    marks: [
      gridY({ ticks: 5, ...FAINT }),
      ruleX(chosen === undefined ? [] : [chosen], { stroke: INK, strokeOpacity: 0.5, strokeDasharray: '5 3' }),
      ...lines.flatMap(({ f1, colour, dash }) => [
        line(points, { x: 'g', y: f1, stroke: colour, strokeWidth: 2.2, strokeDasharray: dash }),
        dot(points, { x: 'g', y: f1, r: 2.6, fill: colour, stroke: 'none' }),
      ]),
      ...legend([...lines], { at: 'right' }),
    ],
  });
}
