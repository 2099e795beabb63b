import { barX, gridX, ruleX, text } from '@observablehq/plot';
import { type TemplateErrors, templateName } from '../templateErrors.js';
import type { Html } from './html.js';
import { ANOMALY, drawSvg, FAINT, INK, legend, NORMAL } from './svg.js';

/** Templates that the chart shows. */
const SHOWN = 12;

/** The templates whose events the model missed most, as shares of all that it missed in normal sessions and in anomalies. */
export function templateChart(
  errors: readonly TemplateErrors[],
  texts: ReadonlyMap<number, string>,
  width: number,
): Html {
  const margin = width < 420 ? 150 : 310;
  const shown = mostMissed(errors).map((one) => ({ ...one, id: String(one.template) }));
  const bars = shown.flatMap(({ id, normal, anomaly }) => [
    { id, name: 'normal', share: normal },
    { id, name: 'anomaly', share: anomaly },
  ]);
  return drawSvg(`Share of the missed events by template, for ${shown.length} templates`, {
    width,
    height: 34 * shown.length + 60,
    marginLeft: margin,
    marginRight: 22,
    marginTop: 10,
    marginBottom: 38,
    x: { label: 'of all missed events, %', labelAnchor: 'right', percent: true, ticks: width < 420 ? 3 : 6 },
    y: { axis: null, domain: ['normal', 'anomaly'] },
    fy: { domain: shown.map(({ id }) => id), axis: null, padding: 0.25 },
    color: { domain: ['normal', 'anomaly'], range: [NORMAL, ANOMALY] },
    marks: [
      gridX(FAINT),
      barX(bars, { x: 'share', y: 'name', fy: 'id', fill: 'name' }),
      ruleX([0], { stroke: 'currentColor', strokeOpacity: 0.5 }),
      ...legend(
        [
          { name: 'in normal sessions', colour: NORMAL },
          { name: 'in anomalies', colour: ANOMALY },
        ],
        { at: 'right', fy: shown[shown.length - 1].id },
      ),
      text(shown, {
        fy: 'id',
        frameAnchor: 'left',
        dx: -8,
        textAnchor: 'end',
        text: ({ template }: TemplateErrors) => templateName(template, texts),
        lineWidth: (margin - 16) / 12,
        textOverflow: 'ellipsis-end',
        fill: INK,
      }),
    ],
  });
}

/** Shares of 1 in place of counts; the templates with the largest share in either class first. */
function mostMissed(errors: readonly TemplateErrors[]): TemplateErrors[] {
  const total = (name: 'normal' | 'anomaly') => errors.reduce((sum, one) => sum + one[name], 0) || 1;
  const [normal, anomaly] = [total('normal'), total('anomaly')];
  const shares = errors.map((one) => ({ ...one, normal: one.normal / normal, anomaly: one.anomaly / anomaly }));
  const largest = (one: TemplateErrors) => Math.max(one.normal, one.anomaly);
  return shares.sort((a, b) => largest(b) - largest(a) || a.template - b.template).slice(0, SHOWN);
}
