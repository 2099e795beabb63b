import { gridY, type PlotOptions, rect, ruleX, ruleY, text } from '@observablehq/plot';
import { integer } from '../result.js';
import type { Histogram } from './histogram.js';
import type { Html } from './html.js';
import { ANOMALY, drawSvg, FAINT, HALO, INK, MUTED, NORMAL, short } from './svg.js';

const COLOURS: Record<string, string> = { normal: NORMAL, anomaly: ANOMALY, unlabelled: MUTED };

/** Where a count's bar begins on the logarithmic axis, so that a single session still shows. */
const FLOOR = 0.7;

/** How the sessions are spread over the scores: a row for each class, counts on a logarithmic axis. */
export function scoreChart(bins: Histogram, threshold: number, width: number): Html {
  const names = bins.groups.map(({ name }) => name);
  const bars = bins.groups.flatMap(({ name, counts }) =>
    counts.flatMap((count, i) => (count > 0 ? [{ name, count, x1: bins.edges[i], x2: bins.edges[i + 1] }] : [])),
  );
  const largest = Math.max(1, ...bars.map(({ count }) => count));
  return drawSvg(`Histogram of the scores of ${names.join(' and ')} sessions; threshold ${short(threshold)}`, {
    width,
    height: 125 * names.length + 66,
    marginLeft: 44,
    marginRight: 14,
    marginTop: 26,
    marginBottom: 38,
    ...axes(bins, names, largest, width),
    marks: [
      gridY(decades(largest), FAINT),
      rect(bars, { x1: 'x1', x2: 'x2', y1: FLOOR, y2: 'count', fy: 'name', fill: 'name', inset: 0.5 }),
      ruleY([FLOOR], { stroke: 'currentColor', strokeOpacity: 0.5 }),
      ruleX([threshold], { stroke: INK, strokeWidth: 1.5, strokeDasharray: '5 3' }),
      text(bins.groups, {
        fy: 'name',
        frameAnchor: 'top-right',
        text: ({ name, sessions }: Histogram['groups'][number]) => `${name} · ${integer(sessions)}`,
        fill: 'name',
        ...HALO,
      }),
      thresholdLabel(bins, names[0], threshold),
    ],
  });
}

function axes(bins: Histogram, names: string[], largest: number, width: number): PlotOptions {
  const { scale, edges } = bins;
  return {
    x: {
      type: scale,
      domain: [edges[0], edges[edges.length - 1]],
      label: 'score',
      labelAnchor: 'right',
      ticks: width / 80,
      tickFormat: scale === 'log' ? '~g' : undefined,
    },
    y: { type: 'log', domain: [FLOOR, largest * 2], label: null, ticks: decades(largest), tickFormat: '~s' },
    fy: { domain: names, label: null, axis: null, padding: 0.14 },
    color: { domain: names, range: names.map((name) => COLOURS[name]) },
  };
}

function thresholdLabel(bins: Histogram, row: string, threshold: number) {
  const middle = bins.edges[bins.edges.length >> 1];
  return text([threshold], {
    x: (value: number) => value,
    fy: () => row,
    frameAnchor: 'top',
    dy: -18,
    text: () => `threshold ${short(threshold)}`,
    textAnchor: threshold > middle ? 'end' : 'start',
    fill: INK,
    ...HALO,
  });
}

/** Powers of ten up to `largest`, at most five of them. */
function decades(largest: number): number[] {
  const powers = Math.floor(Math.log10(largest)) + 1;
  const step = Math.ceil(powers / 5);
  return Array.from({ length: Math.ceil(powers / step) }, (_, i) => 10 ** (i * step));
}
