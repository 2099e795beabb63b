import { writeFileAtomic } from '../run/atomic.js';
import { document } from '../score/report/document.js';
import { Html, html } from '../score/report/html.js';
import { type EvidenceLine, type Finding, KINDS } from './finding.js';
import type { FindingReport } from './report.js';

/** Writes findings as one HTML file that needs no other: searchable, light and dark, and its policy lets it load nothing. */
export function writePage(path: string, report: FindingReport): Promise<void> {
  return writeFileAtomic(path, findingsPage(report));
}

export function findingsPage(report: FindingReport): string {
  const { title, findings, all, account } = report;
  const lead = html`${number(account.linesIn)} lines of format ${report.format}, ${number(all)} findings${report.first !== null && `, ${clock(report.first)} to ${clock(report.last ?? report.first)}`}`;
  const main = html`<p><input type="search" id="search" placeholder="Search findings and lines" aria-label="Search findings and lines"> <span id="found" aria-live="polite"></span></p>
${findings.length === 0 ? html`<p>Nothing unusual.</p>` : findings.map(findingSection)}`;
  const footer = 'Written by logbert. A score is surprise in bits: one more bit, half as likely.';
  return document({ title, kind: 'logbert findings', lead, main, footer, script: SCRIPT, style: OWN_STYLE });
}

function findingSection(finding: Finding, i: number): Html {
  const { id, kind, level, score, template, found, expected, times, lineCount, sessions, along, evidence } = finding;
  const open = i < 3 && new Html(' open');
  return html`<details class="anomaly finding"${open}>
<summary><span class="rank">${i + 1}</span><span class="score">${score.toFixed(1)}<i class="meter" style="--s:${Math.min(1, score / 20)}"></i></span>
<span class="what"><span class="id">${KINDS[kind]}</span><span class="pills"><span class="pill ${level}">${level}</span><span class="pill">${number(times)} ${times === 1 ? 'time' : 'times'}</span><span class="pill">${number(lineCount)} ${lineCount === 1 ? 'line' : 'lines'}</span></span><span class="why">${template || found}</span></span></summary>
<dl class="facts own"><div><dt>Found</dt><dd>${found}</dd></div><div><dt>Expected</dt><dd>${expected}</dd></div>
<div><dt>When</dt><dd>${finding.first === null ? 'the lines give no time' : `${clock(finding.first)} to ${clock(finding.last ?? finding.first)}`}</dd></div>
${sessions.length > 0 && html`<div><dt>Sessions</dt><dd>${sessions.slice(0, 5).join(', ')}${sessions.length > 5 && ` and ${number(sessions.length - 5)} more`}</dd></div>`}
${along.length > 0 && html`<div><dt>Comes with</dt><dd>${along.slice(0, 8).map((other) => html`<span>${number(other.lines)} × ${other.template}</span><br>`)}</dd></div>`}
<div><dt>Accept</dt><dd><code>logbert accept BUNDLE ${id}</code></dd></div></dl>
<table class="events"><tbody>${evidence.map(evidenceRow)}</tbody></table>
</details>
`;
}

function evidenceRow({ file, line, text, hit }: EvidenceLine): Html {
  return html`<tr style="--s:${hit ? 1 : 0}"><td class="line"><code>${text}</code></td><td class="where">${file}:${line}</td></tr>
`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function clock(iso: string): string {
  return iso.replace('T', ' ').replace(/(\.000)?Z$/, '');
}

const OWN_STYLE = `
#search { font: inherit; width: min(420px, 100%); padding: 7px 12px; margin: 20px 0 14px; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 999px; }
.facts.own { padding: 0 16px 12px; }
.pill.high { border-color: var(--anomaly); color: var(--anomaly); font-weight: 600; }
.pill.medium { border-color: var(--anomaly); color: var(--anomaly); }
`;

/** Theme switch, search, and everything opened for print. The page is whole without it. */
const SCRIPT = `
const root = document.documentElement;
const button = document.querySelector('button');
const themes = ['auto', 'light', 'dark'];
let theme = 0;
const show = () => {
  if (theme === 0) delete root.dataset.theme;
  else root.dataset.theme = themes[theme];
  button.textContent = 'Theme: ' + themes[theme];
};
button.hidden = false;
button.addEventListener('click', () => { theme = (theme + 1) % 3; show(); });
show();
const findings = [...document.querySelectorAll('.finding')];
const search = document.getElementById('search');
search.addEventListener('input', () => {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let found = 0;
  for (const item of findings) {
    const text = item.textContent.toLowerCase();
    item.hidden = !words.every((word) => text.includes(word));
    if (!item.hidden) found++;
  }
  document.getElementById('found').textContent = words.length ? found + ' of ' + findings.length : '';
});
addEventListener('beforeprint', () => { for (const item of findings) item.open = true; });
`;
