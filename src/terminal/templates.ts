import { UsageError } from '../error.js';
import type { TemplateDiff, TemplateInfo } from '../parse/drain/templates.js';
import { quoted } from '../run/artefacts.js';
import { table } from './table.js';
import { grouped, neutral } from './text.js';

/** Templates as a table, in a terminal cut to its width, each followed by its examples. */
export function templateLines(templates: TemplateInfo[]): string[] {
  if (templates.length === 0) return ['no template'];
  const width = process.stdout.columns ?? Number.POSITIVE_INFINITY;
  const columns = [
    { title: 'id', align: 'right' as const },
    { title: 'count', align: 'right' as const },
    { title: 'template' },
  ];
  const [head, rule, ...rows] = table(columns, templates.map(cellsOf), width);
  return [head, rule, ...rows.flatMap((row, i) => [row, ...exampleLines(templates[i])])];
}

/** What two parsers have in common and what not. */
export function diffLines({ same, generalized, onlyA, onlyB }: TemplateDiff): string[] {
  const marked = (sign: string, infos: TemplateInfo[]) =>
    infos.map(({ id, count, template }) => `${sign} ${id} (${grouped(count)}) ${template}`);
  return [
    `${grouped(same)} templates are the same, ${generalized.length} became more general, ${onlyA.length} only in A (-), ${onlyB.length} only in B (+)`,
    ...generalized.flatMap(({ from, to }) => [...marked('~', [from]), ...marked(' ', [to])]),
    ...marked('-', onlyA),
    ...marked('+', onlyB),
  ].map(neutral);
}

/** A template that was merged or split, and what to do next. */
export function editedLines(template: TemplateInfo, run: string): string[] {
  return [...templateLines([template]), `Sessions made before are stale. Next: logbert sessions --run ${quoted(run)}`];
}

/** @throws UsageError when the text is no whole number from 0 on */
export function templateId(text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`Expected the id of a template, found "${text}"`);
  return Number(text);
}

function cellsOf({ id, count, template, name, merged }: TemplateInfo): (string | number)[] {
  const named = name === undefined ? '' : `${name}: `;
  const parts = merged ? ` (with ${merged.join(', ')})` : '';
  return [id, grouped(count), `${named}${template}${parts}`];
}

function exampleLines({ examples = [] }: TemplateInfo): string[] {
  return examples.map(({ file, line, text }) => neutral(`    ${file}:${line}: ${text}`));
}
