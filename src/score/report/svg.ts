import { type PlotOptions, plot, text } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { Html } from './html.js';

/** Colours of the page, so that a chart follows its theme. */
export const NORMAL = 'var(--normal)';
export const ANOMALY = 'var(--anomaly)';
export const INK = 'var(--ink)';
export const MUTED = 'var(--muted)';
export const GROUND = 'var(--card)';

/** Options of a text that must stay readable over lines and bars. */
export const HALO = { stroke: GROUND, strokeWidth: 4, paintOrder: 'stroke', fontWeight: 600 } as const;

/** Options of lines that only help the eye. */
export const FAINT = { stroke: 'currentColor', strokeOpacity: 0.12 } as const;

/**
 * What the colours mean, in the colours, below each other at the right of the chart.
 * @param fy the facet that it stands in, where there are facets
 */
export function legend(
  entries: readonly { name: string; colour: string }[],
  { at = 'top-right', fy }: { at?: 'top-right' | 'right'; fy?: string } = {},
) {
  const up = at === 'right' ? 8 * (entries.length - 1) : -6;
  return entries.map(({ name, colour }, i) =>
    text([name], {
      frameAnchor: at,
      dx: -4,
      dy: 16 * i - up,
      text: (one: string) => one,
      fill: colour,
      ...(fy === undefined ? {} : { fy: () => fy }),
      ...HALO,
    }),
  );
}

/** Size and margins of a chart of curves. */
export function frame(width: number): PlotOptions {
  const margins = { marginLeft: 40, marginRight: 22, marginTop: 26, marginBottom: 38 };
  return { width, height: Math.round(width * 0.78), ...margins };
}

const STYLE = 'font-size:12px;font-family:inherit;background:none;color:inherit;overflow:visible';

/**
 * Draws a chart without a browser.
 * @param label what the chart shows, for those who don't see it
 */
export function drawSvg(label: string, options: PlotOptions): Html {
  const { document } = parseHTML('<html></html>');
  const chart = plot({ ...options, document });
  chart.setAttribute('style', STYLE);
  chart.setAttribute('role', 'img');
  chart.setAttribute('aria-label', label);
  for (const part of chart.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  return new Html(chart.outerHTML.replace(PLACES, (place) => place.replace(DECIMALS, '$1')));
}

/** Attributes that place a mark, and their digits beyond the hundredth of a pixel: half of a chart's size. */
const PLACES = / (d|x|y|x1|x2|y1|y2|cx|cy|width|height|transform)="[^"]*"/g;
const DECIMALS = /(\d\.\d\d)\d+/g;

/** A number for a reader: up to four digits. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
