import type { LogFile, ReadOptions } from '../parse/input/logFiles.js';
import type { Events } from './events.js';
import { readTexts } from './evidence.js';
import type { EvidenceLine, Finding, LineRange } from './finding.js';
import type { Cause } from './group.js';
import type { LogView } from './logReader.js';
import { templateOf } from './templates.js';

export interface DescribeOptions extends ReadOptions {
  /** Lines before and behind each line shown. */
  context: number;
}

/** Places of a finding whose raw lines are shown. */
const PLACES = 3;
/** Lines of one place that are shown, its context apart. */
const LINES_A_PLACE = 2;
/** Sessions and stretches of lines that are listed. */
const LISTED = 1000;

/** Findings with their raw lines, which are read once more from the files. */
export async function describeCauses(
  causes: readonly Cause[],
  view: LogView,
  logs: readonly LogFile[],
  options: DescribeOptions,
): Promise<Finding[]> {
  const shown = causes.map((cause) => shownRows(cause, view.events));
  const texts = await readTexts(logs, wantedLines(shown.flat(), view.events, logs.length, options.context), options);
  return causes.map((cause, i) => ({
    ...describe(cause, view, logs),
    evidence: evidenceOf(shown[i], view.events, logs, texts, options.context),
  }));
}

function describe(cause: Cause, view: LogView, logs: readonly LogFile[]): Omit<Finding, 'evidence'> {
  const { id, kind, level, score, found, expected, times, rows, along, template } = cause;
  const { events } = view;
  const dates = rows.map((row) => events.time[row]).filter((time) => !Number.isNaN(time));
  return {
    id,
    kind,
    level,
    score: Math.round(score * 10) / 10,
    template: templateOf(view, template),
    found,
    expected,
    times,
    first: dates.length > 0 ? iso(Math.min(...bounds(dates))) : null,
    last: dates.length > 0 ? iso(Math.max(...bounds(dates))) : null,
    sessions: cause.sessions.slice(0, LISTED).map((session) => events.sessions.text(session)),
    along: along.map((other) => ({
      template: other.what ?? templateOf(view, other.template),
      lines: other.rows.length,
    })),
    lines: rangesOf(rows, events, logs).slice(0, LISTED),
    lineCount: rows.length,
  };
}

function bounds(times: readonly number[]): [number, number] {
  return [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

/** Rows of the first places: where the finding's lines lie together. */
function shownRows({ rows }: Cause, { rows: all }: Events): number[][] {
  const places: number[][] = [];
  for (const row of rows) {
    if (row >= all) continue;
    const place = places.at(-1);
    if (place && row - place[place.length - 1] <= 2) {
      if (place.length < LINES_A_PLACE) place.push(row);
      continue;
    }
    if (places.length === PLACES) break;
    places.push([row]);
  }
  return places;
}

function wantedLines(places: readonly number[][], { file, line }: Events, files: number, context: number) {
  const wanted = Array.from({ length: files }, () => new Set<number>());
  for (const rows of places) {
    for (const row of rows) {
      for (let at = line[row] - context; at <= line[row] + context; at++) wanted[file[row]].add(at);
    }
  }
  return wanted;
}

function evidenceOf(
  places: readonly number[][],
  { file, line }: Events,
  logs: readonly LogFile[],
  texts: readonly Map<number, string>[],
  context: number,
): EvidenceLine[] {
  // By file and line, so that they come in the order of the logs.
  const shown = new Map<number, EvidenceLine>();
  for (const row of places.flat()) {
    const of = file[row];
    for (let at = line[row] - context; at <= line[row] + context; at++) {
      const text = texts[of].get(at);
      const key = of * 2 ** 32 + at;
      const hit = at === line[row];
      if (text !== undefined && (hit || !shown.has(key))) shown.set(key, { file: logs[of].name, line: at, text, hit });
    }
  }
  return [...shown].sort(([a], [b]) => a - b).map(([, line]) => line);
}

function rangesOf(rows: readonly number[], { file, line, rows: all }: Events, logs: readonly LogFile[]): LineRange[] {
  const ranges: LineRange[] = [];
  for (const row of rows) {
    if (row >= all) continue;
    const { name } = logs[file[row]];
    const last = ranges.at(-1);
    if (last && last.file === name && last.to + 1 === line[row]) last.to = line[row];
    else ranges.push({ file: name, from: line[row], to: line[row] });
  }
  return ranges;
}
