import { basename } from 'node:path';
import { integer } from '../result.js';
import type { AnomalyEvent, AnomalyGroup, Expectation } from './anomalies.js';
import { Html, html } from './html.js';
import { short } from './svg.js';

/** Values that are so many standard deviations off are told of. */
const FAR = 3;

/** A line can be megabytes long. */
const SHOWN_CHARACTERS = 1200;

/** The top anomalies, each to be opened: its events in order with their surprise and what was expected instead. */
export function anomalySection(groups: AnomalyGroup[]): Html {
  const strongest = Math.max(
    1,
    ...groups.flatMap(({ events, end }) => [...events, end].map((part) => part?.surprise ?? 0)),
  );
  const highest = Math.max(0, ...groups.map(({ score }) => score));
  return html`<div class="anomalies">${groups.map((group, i) => anomaly(group, i, strongest, highest))}</div>`;
}

function anomaly(group: AnomalyGroup, i: number, strongest: number, highest: number): Html {
  const { id, score } = group;
  return html`<details class="anomaly"${i === 0 && new Html(' open')}>
<summary><span class="rank">${i + 1}</span><span class="score"><b>${short(score)}</b>${meter(score, highest)}</span>
<span class="what"><span class="id">${id}</span>${pills(group)}<span class="why">${reason(group)}</span></span></summary>
${eventTable(group, strongest)}
</details>
`;
}

function pills({ sessions, isAlert, length }: AnomalyGroup): Html {
  const { anomaly, normal, unlabelled } = sessions;
  const shared = anomaly + normal + unlabelled;
  const kinds = [anomaly > 0 && pill('anomaly', anomaly, shared), normal > 0 && pill('normal', normal, shared)];
  return html`<span class="pills">${kinds}${shared > 1 && html`<span class="pill">${integer(shared)} sessions alike</span>`}<span class="pill">${count(length, 'event')}</span>${!isAlert && html`<span class="pill">below the threshold</span>`}</span>`;
}

function pill(label: string, sessions: number, of: number): Html {
  return html`<span class="pill ${label}">${label}${sessions < of && ` ${integer(sessions)} of ${integer(of)}`}</span>`;
}

/** What a reader should look at first. */
function reason({ events, end }: AnomalyGroup): string {
  const unseen = events.filter(({ template }) => template < 0).length;
  if (unseen > 0) return `${count(unseen, 'line')} that no template of the training part matches`;
  const most = events.reduce((a, b) => ((b.surprise ?? -1) > (a.surprise ?? -1) ? b : a), events[0]);
  if (end?.expected !== undefined && (end.surprise ?? 0) > (most?.surprise ?? 0)) {
    return `stops where more was expected: ${clip(end.expected, 120)}`;
  }
  const odd = events.reduce((a, b) => ((b.deviations ?? 0) > (a.deviations ?? 0) ? b : a), events[0]);
  if ((odd?.deviations ?? 0) > Math.max(FAR, most?.surprise ?? 0)) {
    return `values ${short(odd.deviations ?? 0)} deviations off: ${clip(odd.templateText ?? `event ${odd.template}`, 120)}`;
  }
  return most?.surprise == null ? '' : `most surprising: ${clip(most.templateText ?? `event ${most.template}`, 120)}`;
}

function eventTable({ events, length, end }: AnomalyGroup, strongest: number): Html {
  const scored = events.some(({ surprise }) => surprise !== null);
  const rows = events.flatMap((event, i) => {
    const skipped = event.position - (events[i - 1]?.position ?? -1) - 1;
    return [gap(skipped), eventRow(event, strongest, scored)];
  });
  const last = gap(length - 1 - (events.at(-1)?.position ?? -1));
  return html`<table class="events"><thead><tr><th scope="col">#</th>${scored && html`<th scope="col">Surprise</th>`}<th scope="col">Line</th><th scope="col">Where</th></tr></thead><tbody>${rows}${last}${end && endRow(end, strongest)}</tbody></table>`;
}

function gap(skipped: number): Html | undefined {
  if (skipped === 0) return undefined;
  return html`<tr class="gap"><td colspan="4">${count(skipped, 'less surprising event')}</td></tr>`;
}

function eventRow(event: AnomalyEvent, strongest: number, scored: boolean): Html {
  const { line, template, templateText, surprise } = event;
  const text = line?.text ?? templateText ?? (template < 0 ? 'a line that matched no template' : `event ${template}`);
  const share = (surprise ?? 0) / strongest;
  return html`<tr style="--s:${share.toFixed(3)}"><td class="position">${event.position + 1}</td>${scored && heatCell(event, strongest)}<td class="line"><code>${clip(text, SHOWN_CHARACTERS)}</code>${template < 0 && html`<div class="expected">matches no template</div>`}${valuesLine(event)}${expectedLine(event)}</td>${where(event)}</tr>
`;
}

function endRow(end: Expectation, strongest: number): Html {
  return html`<tr style="--s:${((end.surprise ?? 0) / strongest).toFixed(3)}"><td class="position"></td>${heatCell(end, strongest)}<td class="line">the session ends${expectedLine(end)}</td><td class="where"></td></tr>
`;
}

function heatCell({ surprise }: Expectation, strongest: number): Html {
  return html`<td class="surprise">${surprise === null ? '–' : surprise.toFixed(2)}${meter(surprise ?? 0, strongest)}</td>`;
}

function expectedLine({ expected }: Expectation): Html | undefined {
  return expected === undefined
    ? undefined
    : html`<div class="expected">expected: <code>${clip(expected, 300)}</code></div>`;
}

function valuesLine({ deviations = 0 }: AnomalyEvent): Html | undefined {
  return deviations > FAR ? html`<div class="expected">values ${short(deviations)} deviations off</div>` : undefined;
}

function where({ line }: AnomalyEvent): Html {
  return line
    ? html`<td class="where" title="${line.file}">${basename(line.file)}:${line.line}</td>`
    : html`<td class="where"></td>`;
}

function meter(value: number, largest: number): Html {
  const share = largest > 0 ? Math.max(0, Math.min(1, value / largest)) : 0;
  return html`<i class="meter" style="--s:${share.toFixed(3)}"></i>`;
}

function clip(text: string, characters: number): string {
  if (text.length <= characters) return text;
  return `${text.slice(0, characters)}… (${integer(text.length)} characters)`;
}

function count(n: number, noun: string): string {
  return `${integer(n)} ${noun}${n === 1 ? '' : 's'}`;
}
