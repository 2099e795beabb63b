import {
  type DetectorResult,
  firstMissText,
  integer,
  percent,
  type Result,
  type ResultRow,
  resultRows,
} from '../result.js';
import type { Chart } from './charts.js';
import { document } from './document.js';
import { Html, html } from './html.js';
import { letter } from './operatingPoints.js';
import { SCRIPT } from './script.js';
import { short } from './svg.js';

/** Widths in pixels that a chart is drawn for: over the page, in half of it, on a phone. */
const PAGE = 1036;
const HALF = 500;
const PHONE = 340;

/** The report as one HTML file that needs no other: it opens without a network, and its policy lets it load nothing. */
export function page(result: Result, charts: readonly Chart[], anomalies: Html): string {
  const main = html`${headline(result)}
${resultSection(result)}
${result.firstMiss && html`<p class="hint">${firstMissText(result.firstMiss)}</p>`}
${rollingSection(result)}
<h2>Charts</h2>
<div class="charts">${charts.map(figure)}</div>
<h2>Top anomalies</h2>
<p class="hint">The test sessions with the highest scores; sessions with the same events are shown once. Surprise is how unlikely the model held a line in its place.</p>
${anomalies}`;
  const footer = "Written by logbert. The figures are in result.json, every session's score in scores.csv.";
  return document({ title: result.run, kind: 'logbert report', lead: lead(result), main, footer, script: SCRIPT });
}

function lead({ data, result }: Result): string {
  const tested = `${result.name} on ${integer(data.test - data.short)} test sessions`;
  return data.short > 0
    ? `${tested} of ${data.minLength} or more events (${integer(data.short)} shorter ones left out)`
    : tested;
}

function headline(outcome: Result): Html {
  const { data, threshold, result, notes } = outcome;
  const chosen = { test: 'chosen on the test labels', validation: 'no label seen', train: 'fixed' }[threshold.chosenOn];
  return html`<section class="headline card" aria-label="Result">
<div class="tiles">${tiles(result)}${verdict(outcome)}</div>
${matrix(result)}
</section>
<dl class="facts">
<div><dt>Data, sessions</dt><dd>${integer(data.train)} train, ${integer(data.validation)} validation, ${integer(data.test)} test (${data.unlabelled < data.test ? `${integer(data.anomalies)} anomalies` : 'no labels'})</dd></div>
<div><dt>Protocol</dt><dd>${PROTOCOLS[outcome.protocol]}</dd></div>
<div><dt>Threshold (${chosen})</dt><dd>score above ${short(threshold.value)}: ${threshold.rule}</dd></div>
<div><dt>Seed</dt><dd>${outcome.seed}</dd></div>
</dl>
${notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}`;
}

const PROTOCOLS: Record<Result['protocol'], string> = {
  strict: 'strict: nothing is learnt or chosen on test sessions',
  paper: "paper: the authors' way, with a look at the test labels",
};

function tiles(result: DetectorResult): Html {
  const tile = (value: string, label: string, first = false) =>
    html`<div class="tile${first && ' first'}"><b>${value}</b><span>${label}</span></div>`;
  const rest = [
    tile(percent(result.precision), 'precision'),
    tile(percent(result.recall), 'recall'),
    tile(percent(result.auroc), 'AUROC'),
    tile(percent(result.auprc), 'AUPRC'),
  ];
  if (result.f1 !== null) return html`${tile(percent(result.f1), 'F1, per cent', true)}${rest}`;
  return html`${tile(integer(result.alerts), result.alerts === 1 ? 'alert' : 'alerts', true)}${result.recall !== null && rest[1]}`;
}

/** The model beside the best of the trivial baselines, said plainly: with an oracle's threshold both have one. */
function verdict({ threshold, result, baselines }: Result): Html | undefined {
  const oracle = threshold.chosenOn === 'test';
  const f1Of = (baseline: DetectorResult) => (oracle ? baseline.oracleF1 : null) ?? baseline.f1;
  const best = baselines.reduce<DetectorResult | undefined>(
    (a, b) => (a && (f1Of(a) ?? -1) >= (f1Of(b) ?? -1) ? a : b),
    undefined,
  );
  const f1 = best ? f1Of(best) : null;
  if (result.f1 === null || !best || f1 === null) return undefined;
  const relation = result.f1 > f1 ? 'above' : result.f1 < f1 ? 'below' : 'equal to';
  const named = oracle && best.oracleF1 !== null ? 'best F1' : 'F1';
  return html`<p class="verdict">${result.name} is <b>${relation}</b> the best trivial baseline, “${best.name}” (${named} ${percent(f1)}).</p>`;
}

function matrix({ tp, fp, fn, tn }: DetectorResult): Html | undefined {
  if (tp === null) return undefined;
  return html`<div class="matrix"><table><caption hidden>Sessions by label and alert</caption>
<thead><tr><th scope="col">sessions</th><th scope="col">alert</th><th scope="col">no alert</th></tr></thead>
<tbody><tr><th scope="row">anomaly</th><td>${integer(tp)}</td><td class="bad">${integer(fn)}</td></tr>
<tr><th scope="row">normal</th><td class="bad">${integer(fp)}</td><td>${integer(tn)}</td></tr></tbody></table></div>`;
}

function resultSection(result: Result): Html {
  const rows = resultRows(result);
  const counts = [...new Set(rows.map(({ count }) => count))];
  return html`<h2>Beside trivial baselines</h2>
<p class="hint">${result.data.unlabelled < result.data.test ? FIGURES_HINT : ALERTS_HINT}</p>
${counts.map((count) =>
  resultTable(
    count,
    rows.filter((row) => row.count === count),
  ),
)}`;
}

function rollingSection({ rolling = [] }: Result): Html | undefined {
  if (rolling.length === 0) return undefined;
  const rows = rolling.map(
    (
      row,
    ) => html`<tr><th scope="row">${row.name}</th><td>${row.delay === null ? 'never' : integer(row.delay)}</td><td class="f1">${percent(row.f1)}</td><td>${percent(row.precision)}</td><td>${percent(row.recall)}</td><td>${percent(row.merged.f1)}</td><td>${row.alertsPer1000.toFixed(1)}</td><td>${integer(row.fp)}</td><td>${integer(row.fn)}</td></tr>
`,
  );
  return html`<h2>With an operator who answers</h2>
<p class="hint">The test in order. After a delay, in windows, an operator says which flags were wrong, and the rule learns those windows; what was not flagged teaches nothing. F1 counts every window; merged counts the wrong flags of one cause once until the answer comes.</p>
<div class="card scroll" tabindex="0"><table class="rolling"><thead><tr>${['Rule', 'Delay', 'F1', 'Precision', 'Recall', 'F1, merged', 'Alerts per 1,000', 'False alarms', 'Missed'].map((title) => html`<th scope="col">${title}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

const FIGURES_HINT =
  'Per cent of the labelled test sessions. A model is worth its cost where it beats detectors of a few lines. Best F1 is what the best threshold would reach; it needs the labels.';
const ALERTS_HINT = 'How many of the test sessions each detector finds strange.';

const COLUMNS: [keyof ResultRow, string][] = [
  ['f1', 'F1'],
  ['f1Interval', '95 %'],
  ['precision', 'Precision'],
  ['recall', 'Recall'],
  ['oracleF1', 'Best F1'],
  ['auroc', 'AUROC'],
  ['auprc', 'AUPRC'],
  ['tp', 'Found'],
  ['fp', 'False alarms'],
  ['fn', 'Missed'],
  ['mcc', 'MCC'],
];

/** Columns that no row can fill are left out; without labels alerts are all there is. */
function resultTable(count: string, rows: ResultRow[]): Html {
  const filled = COLUMNS.filter(([key]) => rows.some((row) => row[key] !== '-'));
  const columns: typeof COLUMNS = filled.length > 0 ? filled : [['alerts', 'Alerts']];
  return html`<div class="card scroll" tabindex="0"><table class="results"><caption>Counting ${count}</caption>
<thead><tr><th scope="col">Detector</th>${columns.map(([, name]) => html`<th scope="col">${name}</th>`)}<th scope="col" class="rule">Threshold</th></tr></thead>
<tbody>${rows.map((row, i) => resultRow(row, i, columns))}</tbody></table></div>`;
}

function resultRow(row: ResultRow, i: number, columns: typeof COLUMNS): Html {
  const key = row.isModel ? html`<span class="key dot"></span>` : html`<span class="key">${letter(i - 1)}</span>`;
  const bar = html`<i class="meter" style="--s:${Number(row.f1) / 100 || 0}"></i>`;
  const cells = columns.map(
    ([name]) => html`<td${name === 'f1' && new Html(' class="f1"')}>${String(row[name])}${name === 'f1' && bar}</td>`,
  );
  return html`<tr${row.isModel && new Html(' class="model"')}><th scope="row">${key}${row.name}</th>${cells}<td class="rule">${row.rule}</td></tr>
`;
}

/** A chart for the screen's width and one for a phone's, since text that shrinks with its chart can't be read. */
function figure({ title, caption, full, draw }: Chart): Html {
  return html`<figure class="card${full && ' full'}"><figcaption><h3>${title}</h3>${caption}</figcaption><div class="wide">${draw(full ? PAGE : HALF)}</div><div class="narrow">${draw(PHONE)}</div></figure>
`;
}
