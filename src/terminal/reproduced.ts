import type { Reproduced, ReproducedRow, ReproducedTable } from '../run/reproduce.js';
import { table } from './table.js';

/** A mean with its deviation needs more than a narrow terminal has. */
const WIDE = 100;

/** Our figures, the paper's, and how far apart their F1 are; a row without ours says what it needs. */
export function reproducedLines({ source, rows }: ReproducedTable): string[] {
  const titles = ['P', 'R', 'F1', 'paper P', 'R', 'F1', 'F1 apart'];
  const columns = [{ title: 'detector' }, ...titles.map((title) => ({ title, align: 'right' as const }))];
  const spread = rows.some(({ ours }) => ours?.spread !== undefined);
  return [
    ...table(columns, rows.flatMap(cellsOf), spread ? WIDE : undefined),
    ...rows.flatMap(({ name, missing, runs }) =>
      missing ? [`${name}: ${runs ? 'no figure' : 'not run'}: ${missing}`] : [],
    ),
    `Paper: ${source}. Figures in per cent${spread ? ', F1 with its standard deviation over the seeds' : ''}.`,
  ];
}

/** A line for the count that the paper's figures are of, and one for the other. */
function cellsOf({ name, ours, other, paper }: ReproducedRow): string[][] {
  const theirs = paper ? [paper.precision, paper.recall, paper.f1].map((figure) => figure?.toFixed(2) ?? '-') : NONE;
  const apart = ours && paper ? (ours.f1 - paper.f1).toFixed(2) : '-';
  const first = [name, ...figures(ours), ...theirs, apart];
  return other ? [first, [`  ${countOf(other)}`, ...figures(other), '', '', '', '']] : [first];
}

const NONE = ['-', '-', '-'];

function figures(found: Reproduced | undefined): string[] {
  if (!found) return NONE;
  const { precision, recall, f1, spread } = found;
  const [p, r, f] = [precision, recall, f1].map((figure) => figure.toFixed(2));
  return [p, r, spread === undefined ? f : `${f} ± ${spread.toFixed(2)}`];
}

function countOf({ least }: Reproduced): string {
  return least > 1 ? `${least} or more events` : 'all sessions';
}
