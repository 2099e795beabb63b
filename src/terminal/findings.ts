import Papa from 'papaparse';
import { type EvidenceLine, type Finding, KINDS, type Level } from '../scan/finding.js';
import type { LineAccount } from '../scan/logReader.js';
import type { FindingReport } from '../scan/report.js';
import { cut, duration, grouped, neutral, rate } from './text.js';

/** Paints a piece of text; without colours it gives it back. */
export type Paint = (style: 'bold' | 'dim' | 'red' | 'yellow' | 'cyan', text: string) => string;

const COLOUR: Record<Level, Parameters<Paint>[0]> = { high: 'red', medium: 'yellow', low: 'cyan' };

/** All that was found, as lines of at most `width` characters, which may be infinite. */
export function findingsText(report: FindingReport, width: number, paint: Paint): string[] {
  const { findings } = report;
  const blocks = findings.flatMap((finding, i) => ['', ...findingLines(finding, i + 1, width, paint)]);
  return [...headLines(report).map((line) => cut(neutral(line), width)), ...blocks];
}

function headLines({
  title,
  account,
  format,
  findings,
  all,
  levels,
  accepted,
  seconds,
  first,
  last,
}: FindingReport): string[] {
  const { linesIn, unknown } = account;
  const numbers = (['high', 'medium', 'low'] as const).map((level) => `${grouped(levels[level])} ${level}`);
  const more = all > findings.length ? `; ${grouped(all - findings.length)} more with --top ${all}` : '';
  return [
    title,
    `${grouped(linesIn)} lines of format ${format} in ${duration(seconds)}, ${rate(linesIn / seconds)}${first ? `; ${clock(first)} to ${clock(last ?? first)}` : ''}`,
    `lines in ${accountText(account)}; ${grouped(unknown)} unknown`,
    findings.length === 0
      ? 'Nothing unusual.'
      : `${grouped(all)} ${all === 1 ? 'finding' : 'findings'}: ${numbers.join(', ')}${more}`,
    ...(accepted > 0 ? [`${grouped(accepted)} more were accepted before`] : []),
  ];
}

/** The account of a log in words; it adds up. */
export function accountText({ linesIn, parsed, rejected, joined, blank, outside }: LineAccount): string {
  const left = outside > 0 ? ` + left out ${grouped(outside)}` : '';
  const parts = `parsed ${grouped(parsed)} + rejected ${grouped(rejected)} + joined ${grouped(joined)} + blank ${grouped(blank)}`;
  return `${grouped(linesIn)} = ${parts}${left}`;
}

function findingLines(finding: Finding, rank: number, width: number, paint: Paint): string[] {
  const { kind, level, score, times, found, expected, template, sessions, along, evidence, lineCount } = finding;
  const often = times > 1 ? `, ${grouped(times)} times` : '';
  const lines = `${grouped(lineCount)} ${lineCount === 1 ? 'line' : 'lines'}`;
  const field = (name: string, text: string) => `   ${paint('dim', name.padEnd(9))}${cut(neutral(text), width - 12)}`;
  return [
    `${rank}. ${paint(COLOUR[level], level.toUpperCase())} ${paint('bold', KINDS[kind])}${often}, ${lines}  ${paint('dim', `${score.toFixed(1)} bits, ${finding.id}`)}`,
    ...(template === '' ? [] : [field('template', template)]),
    field('found', found),
    field('expected', expected),
    field('when', whenOf(finding)),
    ...(sessions.length > 0 ? [field('sessions', listed(sessions, 2))] : []),
    ...(along.length > 0 ? [field('along', alongOf(along))] : []),
    ...evidenceLines(evidence, width, paint),
  ];
}

function evidenceLines(evidence: readonly EvidenceLine[], width: number, paint: Paint): string[] {
  const lines: string[] = [];
  let file = '';
  let last = 0;
  for (const { file: of, line, text, hit } of evidence) {
    if (of !== file) lines.push(paint('dim', cut(`   ${neutral(of)}`, width)));
    else if (line > last + 1) lines.push(paint('dim', '          ...'));
    file = of;
    last = line;
    const shown = `${hit ? ' > ' : '   '}${String(line).padStart(7)} ${cut(neutral(text), width - 11)}`;
    lines.push(hit ? shown : paint('dim', shown));
  }
  return lines;
}

/** A row for each finding; on a terminal without characters that could change what it shows. */
export function* findingsCsv(findings: readonly Finding[], shown: boolean): Generator<string> {
  const safe = shown ? neutral : (text: string) => text;
  yield 'id,kind,level,score,times,first,last,file,line,lines,template,found,expected';
  for (const { id, kind, level, score, times, first, last, lines, lineCount, template, found, expected } of findings) {
    const [place] = lines;
    const texts = [template, found, expected].map(safe);
    const where = [safe(place?.file ?? ''), place?.from ?? '', lineCount];
    yield Papa.unparse([[id, kind, level, score, times, first, last, ...where, ...texts]]);
  }
}

function whenOf({ first, last }: Finding): string {
  if (first === null) return 'the lines give no time';
  return first === last ? clock(first) : `${clock(first)} to ${clock(last ?? first)}`;
}

function clock(iso: string): string {
  return iso.replace('T', ' ').replace(/(\.000)?Z$/, '');
}

function listed(items: readonly string[], most: number): string {
  const rest = items.length - most;
  return `${items.slice(0, most).join(', ')}${rest > 0 ? ` and ${grouped(rest)} more` : ''}`;
}

function alongOf(along: Finding['along']): string {
  const [{ template, lines }] = along;
  const rest = along.length - 1;
  return `${rest > 0 ? `and ${rest} more: ` : ''}${lines} x ${template}`;
}
