import { KINDS, type EvidenceLine, type Finding, type Level } from '../scan/finding.js';
import { cut, neutral } from './text.js';

/** Paints a piece of text; the commands give colours, tests and pipes give none. */
export type Paint = (style: 'bold' | 'dim' | 'red' | 'yellow' | 'cyan', text: string) => string;

const COLOUR: Record<Level, Parameters<Paint>[0]> = { high: 'red', medium: 'yellow', low: 'cyan' };

/** A finding as lines for people, at most `width` characters wide. */
export function findingLines(finding: Finding, rank: number, width: number, paint: Paint): string[] {
  const { kind, level, score, times, found, expected, template, sessions, along, evidence, lineCount } = finding;
  const often = times > 1 ? `, ${times} times` : '';
  const head = `${rank}. ${paint(COLOUR[level], `${level.toUpperCase()} ${KINDS[kind]}`)}${often}, ${lineCount} ${lineCount === 1 ? 'line' : 'lines'}`;
  const lines = [
    `${head}  ${paint('dim', `${score.toFixed(1)} bits, id ${finding.id}`)}`,
    ...(template === '' ? [] : field('template', template, width)),
    ...field('found', found, width),
    ...field('expected', expected, width),
    ...field('when', whenOf(finding), width),
  ];
  if (sessions.length > 0) lines.push(...field('sessions', listed(sessions, 3), width));
  if (along.length > 0) lines.push(...field('along', alongOf(along), width));
  return [...lines, ...evidenceLines(evidence, width, paint)];
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
    lines.push(hit ? paint('bold', shown) : paint('dim', shown));
  }
  return lines;
}

function field(name: string, text: string, width: number): string[] {
  return [`   ${name.padEnd(9)}${cut(neutral(text), width - 12)}`];
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
  return `${items.slice(0, most).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function alongOf(along: Finding['along']): string {
  const [{ template, lines }] = along;
  const rest = along.length - 1;
  return `${template} (${lines} ${lines === 1 ? 'line' : 'lines'})${rest > 0 ? ` and ${rest} more` : ''}`;
}
