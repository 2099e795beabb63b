import Papa from 'papaparse';
import type { ComparedData, ComparedRow } from './compare.js';
import { document } from './report/document.js';
import { html } from './report/html.js';
import { SCRIPT } from './report/script.js';
import { integer, intervalText, percent } from './result.js';
import type { TableFormat } from './tableOptions.js';

/** A comparison as text in one of the formats. */
export function comparedTable(data: readonly ComparedData[], format: TableFormat): string {
  return WRITERS[format](data);
}

const WRITERS: Record<TableFormat, (data: readonly ComparedData[]) => string> = {
  markdown: (data) => data.map(markdown).join('\n'),
  csv: (data) => `${Papa.unparse(data.flatMap((set) => set.rows.map((row) => csvRow(set, row))))}\n`,
  json: (data) => `${JSON.stringify(data, null, 2)}\n`,
  latex: (data) => data.map(latex).join('\n'),
  html: page,
};

export const COMPARED_TITLES = ['detector', 'P', 'R', 'F1', '95 %', 'AUROC', 'AUPRC', 'MCC', 'best F1', 'threshold'];

/** A row's cells, in per cent, in the order of the titles. */
export function comparedCells({ name, runs, figures, spread, interval, rule }: ComparedRow): string[] {
  const f1 = spread === undefined ? percent(figures.f1) : `${percent(figures.f1)} ± ${(100 * spread).toFixed(2)}`;
  return [
    runs.length > 1 ? `${name}, ${runs.length} seeds` : name,
    ...[percent(figures.precision), percent(figures.recall), f1, intervalText(interval)],
    ...[figures.auroc, figures.auprc, figures.mcc, figures.oracleF1].map(percent),
    rule,
  ];
}

export function comparedHead({ test, anomalies }: ComparedData): string {
  return `${integer(test)} test sessions, ${integer(anomalies)} anomalies`;
}

function markdown(set: ComparedData): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const align = COMPARED_TITLES.map((_, i) => (i === 0 || i === COMPARED_TITLES.length - 1 ? '---' : '---:'));
  const rows = set.rows.map((row) => line(comparedCells(row)));
  return `${comparedHead(set)}\n\n${[line(COMPARED_TITLES), line(align), ...rows].join('\n')}\n`;
}

/** Fractions, for programs. */
function csvRow(
  { test, anomalies }: ComparedData,
  { name, runs, protocol, rule, figures, spread, interval, alerts }: ComparedRow,
) {
  const [f1Low, f1High] = interval ?? ['', ''];
  return {
    name,
    runs: runs.join(' '),
    protocol,
    test,
    anomalies,
    alerts,
    ...figures,
    f1Spread: spread ?? '',
    f1Low,
    f1High,
    rule,
  };
}

function latex(set: ComparedData): string {
  const escaped = (text: string) =>
    text
      .replace(/[\\&%$#_{}~^]/g, (char) => (char === '\\' ? '\\textbackslash{}' : `\\${char}`))
      .replace('±', '$\\pm$');
  const line = (cells: string[]) => `${cells.slice(0, -1).map(escaped).join(' & ')} \\\\`;
  return [
    `% ${comparedHead(set)}`,
    `\\begin{tabular}{l${'r'.repeat(COMPARED_TITLES.length - 2)}}`,
    '\\hline',
    line(COMPARED_TITLES),
    '\\hline',
    ...set.rows.map((row) => line(comparedCells(row))),
    '\\hline',
    '\\end{tabular}',
    '',
  ].join('\n');
}

function page(data: readonly ComparedData[]): string {
  const table = (
    set: ComparedData,
  ) => html`<div class="card scroll" tabindex="0"><table class="results"><caption>${comparedHead(set)}</caption>
<thead><tr>${COMPARED_TITLES.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${set.rows.map(
    (row) => html`<tr>${comparedCells(row).map((cell) => html`<td>${cell}</td>`)}</tr>
`,
  )}</tbody></table></div>`;
  return document({
    title: 'Comparison',
    kind: 'logbert compare',
    lead: 'Figures in per cent. Runs that differ in the seed alone are one row, with the mean and the standard deviation of F1.',
    main: html`${data.map(table)}`,
    footer: "Written by logbert. Each run's own report is report.html in its folder.",
    script: SCRIPT,
  });
}
