import { cell, text } from '@observablehq/plot';
import { type DetectorResult, integer } from '../result.js';
import type { Html } from './html.js';
import { ANOMALY, drawSvg, HALO, INK, NORMAL } from './svg.js';

/** Sessions by label and alert; a cell is the darker the larger its share of the label's sessions. */
export function confusionChart({ name, tp, fp, fn, tn }: DetectorResult, width: number): Html {
  const row = (label: string, alert: number, none: number, alertIsRight: boolean) => {
    const share = (n: number) => n / Math.max(1, alert + none);
    return [
      { label, said: 'alert', n: alert, share: share(alert), right: alertIsRight },
      { label, said: 'no alert', n: none, share: share(none), right: !alertIsRight },
    ];
  };
  const cells = [...row('anomaly', tp ?? 0, fn ?? 0, true), ...row('normal', fp ?? 0, tn ?? 0, false)];
  const place = { x: 'said', y: 'label' };
  return drawSvg(`Sessions by label and alert of ${name}`, {
    width,
    height: Math.round(width * 0.5),
    marginLeft: 70,
    marginTop: 30,
    padding: 0.04,
    x: { axis: 'top', label: null, domain: ['alert', 'no alert'], tickSize: 0 },
    y: { label: null, domain: ['anomaly', 'normal'], tickSize: 0 },
    marks: [
      cell(cells, {
        ...place,
        fill: ({ right }: { right: boolean }) => (right ? NORMAL : ANOMALY),
        fillOpacity: ({ share }: { share: number }) => 0.08 + 0.5 * share,
      }),
      text(cells, { ...place, text: ({ n }: { n: number }) => integer(n), fontSize: 18, fill: INK, ...HALO, dy: -7 }),
      text(cells, {
        ...place,
        text: ({ share }: { share: number }) => `${(100 * share).toFixed(2)} %`,
        fill: INK,
        ...HALO,
        dy: 13,
      }),
    ],
  });
}
