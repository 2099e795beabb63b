/** Blue and orange are told apart with every common kind of colour blindness (Okabe and Ito, 2008). */
const LIGHT = `
  color-scheme: light;
  --page: #f5f5f3; --card: #ffffff; --ink: #1c2026; --muted: #5b6370; --line: #dedfe3; --soft: #f0f1f3;
  --normal: #1f6fb2; --anomaly: #c4500a; --model: #e8f1f9; --warn: #fdf1e3;`;

const DARK = `
  color-scheme: dark;
  --page: #111418; --card: #1a1e24; --ink: #e7e9ec; --muted: #a2abb8; --line: #323841; --soft: #232830;
  --normal: #63b0ee; --anomaly: #ff9d57; --model: #1d2e3f; --warn: #3a2a1a;`;

/** The light colours by name, for figures that stand outside a page. */
export const PALETTE: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from(LIGHT.matchAll(/--(\w+): (#\w+)/g), ([, name, colour]) => [name, colour]),
);

/** The whole style of the report: system fonts, two themes, phone and paper. */
export const STYLE = `
:root {${LIGHT}
}
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) {${DARK}
} }
:root[data-theme=dark] {${DARK}
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main, header, footer { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
header { display: flex; align-items: flex-start; gap: 16px; padding-top: 32px; }
header > div { flex: 1; min-width: 0; }
h1 { margin: 0; font-size: 28px; line-height: 1.2; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { margin: 40px 0 12px; font-size: 19px; letter-spacing: -.005em; }
h3 { margin: 0; font-size: 15px; }
p { margin: 0; }
code { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace; }
.lead { margin-top: 6px; color: var(--muted); }
.hint { margin: -6px 0 14px; color: var(--muted); font-size: 14px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
button { font: inherit; font-size: 14px; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 999px; padding: 5px 14px; cursor: pointer; white-space: nowrap; }
button:hover { border-color: var(--muted); }
:focus-visible { outline: 2px solid var(--normal); outline-offset: 2px; }

.headline { display: grid; grid-template-columns: minmax(0, 1fr) auto; margin-top: 20px; }
.tiles { display: grid; grid-template-columns: 1.5fr repeat(4, 1fr); padding: 22px 26px; gap: 10px 20px; align-items: end; }
.tile b { display: block; font-size: 26px; font-weight: 600; line-height: 1.15; font-variant-numeric: tabular-nums; }
.tile.first b { font-size: 50px; line-height: 1; letter-spacing: -.03em; color: var(--normal); }
.tile span { color: var(--muted); font-size: 14px; }
.verdict { grid-column: 1 / -1; margin-top: 8px; }
.matrix { padding: 18px 26px; border-left: 1px solid var(--line); align-self: center; }
.matrix table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
.matrix th { font-weight: 400; color: var(--muted); padding: 3px 12px 3px 0; text-align: left; }
.matrix thead th, .matrix td { text-align: right; padding: 3px 0 3px 18px; }
.matrix thead th:first-child { text-align: left; padding-left: 0; }
.matrix td { font-size: 17px; }
.matrix td.bad { color: var(--anomaly); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(215px, 1fr)); gap: 14px 28px; margin: 18px 2px 0; }
.facts dt { color: var(--muted); font-size: 13px; }
.facts dd { margin: 0; font-size: 15px; overflow-wrap: anywhere; }
.notes { margin: 18px 0 0; padding: 10px 16px; list-style: none; background: var(--warn); border-left: 3px solid var(--anomaly); border-radius: 4px; font-size: 15px; }
.notes li + li { margin-top: 4px; }

.scroll { overflow-x: auto; }
.scroll + .scroll { margin-top: 14px; }
.results { width: 100%; border-collapse: separate; border-spacing: 0; font-size: 15px; font-variant-numeric: tabular-nums; }
.results caption { text-align: left; padding: 12px 16px 8px; color: var(--muted); font-size: 14px; }
.results th, .results td { padding: 8px 10px; text-align: right; white-space: nowrap; }
.results thead th { font-weight: 500; color: var(--muted); font-size: 13px; border-bottom: 1px solid var(--line); }
.results th:first-child { text-align: left; padding-left: 16px; font-weight: 400; position: sticky; left: 0; background: var(--card); }
.results tbody tr + tr > * { border-top: 1px solid var(--soft); }
.results tr.model > * { background: var(--model); font-weight: 650; }
.results td.f1 { min-width: 76px; }
.results .rule { text-align: left; color: var(--muted); font-weight: 400; font-size: 13px; white-space: normal; min-width: 150px; line-height: 1.3; }
.key { display: inline-block; width: 19px; height: 19px; margin-right: 8px; border: 1px solid var(--muted); border-radius: 50%; font-size: 11px; font-weight: 600; line-height: 17px; text-align: center; vertical-align: top; margin-top: 2px; }
.key.dot { border-color: var(--anomaly); background: radial-gradient(var(--anomaly) 45%, transparent 50%); }
.meter { display: block; height: 3px; border-radius: 2px; background: linear-gradient(to right, var(--normal) calc(var(--s) * 100%), var(--line) 0); }

.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 16px; }
figure { margin: 0; padding: 16px 18px 10px; min-width: 0; }
figure.full { grid-column: 1 / -1; }
figcaption { margin-bottom: 8px; color: var(--muted); font-size: 14px; }
figcaption h3 { color: var(--ink); }
figure svg { width: 100%; height: auto; }
figure:not(.full) svg { max-width: 560px; }
figure .narrow { display: none; }

.anomaly { border: 1px solid var(--line); border-radius: 10px; background: var(--card); margin-bottom: 10px; overflow: hidden; }
.anomaly summary { display: flex; gap: 16px; padding: 11px 16px; cursor: pointer; list-style: none; align-items: flex-start; }
.anomaly summary::-webkit-details-marker { display: none; }
.anomaly summary:hover { background: var(--soft); }
.anomaly[open] summary { border-bottom: 1px solid var(--line); }
.rank { color: var(--muted); min-width: 1.4em; text-align: right; font-variant-numeric: tabular-nums; }
.score { min-width: 66px; font-variant-numeric: tabular-nums; }
.anomaly .meter { background: linear-gradient(to right, var(--anomaly) calc(var(--s) * 100%), var(--line) 0); }
.what { flex: 1; min-width: 0; }
.id { font-weight: 600; margin-right: 10px; overflow-wrap: anywhere; }
.pills { white-space: normal; }
.pill { display: inline-block; margin: 0 5px 2px 0; padding: 0 9px; border: 1px solid var(--line); border-radius: 999px; font-size: 13px; color: var(--muted); }
.pill.anomaly { border-color: var(--anomaly); color: var(--anomaly); margin-bottom: 2px; background: none; overflow: visible; border-radius: 999px; }
.pill.normal { border-color: var(--normal); color: var(--normal); }
.why { display: block; color: var(--muted); font-size: 14px; overflow-wrap: anywhere; }
.anomaly summary::after { content: ""; flex: none; width: 8px; height: 8px; margin: 7px 4px 0 0; border: solid var(--muted); border-width: 0 2px 2px 0; transform: rotate(45deg); }
.anomaly[open] summary::after { transform: rotate(225deg); margin-top: 11px; }
.events { width: 100%; border-collapse: collapse; font-size: 13px; line-height: 1.45; }
.events th { text-align: left; font-weight: 500; color: var(--muted); padding: 8px 10px 4px; white-space: nowrap; }
.events td { padding: 4px 10px; vertical-align: top; border-top: 1px solid var(--soft); }
.events .position { width: 1%; text-align: right; color: var(--muted); padding-left: 16px; font-variant-numeric: tabular-nums; }
.events .surprise { width: 104px; font-variant-numeric: tabular-nums; }
.events .surprise .meter { margin-top: 1px; height: 4px; }
.events .line { position: relative; }
.events .line::before { content: ""; position: absolute; inset: 0; background: var(--anomaly); opacity: calc(var(--s) * .16); pointer-events: none; }
.events code { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 12.5px; }
.events .expected { color: var(--muted); margin-top: 1px; }
.events .expected::before { content: "\\21b3\\00a0"; }
.events .where { width: 1%; white-space: nowrap; color: var(--muted); padding-right: 16px; text-align: right; }
.events .gap td { color: var(--muted); text-align: center; font-style: italic; }
footer { margin-top: 36px; padding-bottom: 40px; color: var(--muted); font-size: 14px; }

@media (max-width: 860px) {
  .headline { grid-template-columns: minmax(0, 1fr); }
  .matrix { border-left: 0; border-top: 1px solid var(--line); align-self: stretch; }
}
@media (max-width: 640px) {
  main, header, footer { padding-left: 14px; padding-right: 14px; }
  header { padding-top: 20px; }
  h1 { font-size: 23px; }
  .tiles { grid-template-columns: 1fr 1fr; padding: 18px; }
  .tile.first { grid-column: 1 / -1; }
  .matrix { padding: 14px 18px; }
  figure { padding: 14px 12px 8px; }
  figure .wide { display: none; }
  figure .narrow { display: block; }
  .anomaly summary { gap: 8px; padding: 10px 12px; }
  .score { min-width: 46px; }
  .rank { min-width: 1.1em; }
  .id { display: block; margin: 0; }
  .events, .events tbody, .events tr, .events td { display: block; width: auto; }
  .events thead { position: absolute; left: -999em; }
  .events tr { display: grid; grid-template-columns: auto 1fr auto; border-top: 1px solid var(--soft); padding: 5px 12px; position: relative; }
  .events tr.gap { display: block; }
  .events td, .events .position, .events .surprise, .events .where { border: 0; padding: 1px 4px; width: auto; text-align: left; }
  .events .surprise { display: flex; gap: 8px; align-items: center; }
  .events .surprise .meter { flex: 1; max-width: 120px; margin: 0; }
  .events .where { white-space: normal; overflow-wrap: anywhere; }
  .events .line { grid-column: 1 / -1; order: 1; }
}
@media print {
  :root, :root[data-theme=dark] {${LIGHT}
  }
  body { font-size: 11pt; }
  button { display: none; }
  .card, .anomaly, figure, tr { break-inside: avoid; }
  .anomaly[open] { break-inside: auto; }
  main, header, footer { max-width: none; padding: 0; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
