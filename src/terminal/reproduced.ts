import type { Percents, ReproducedTable } from '../run/reproduce.js';
import { table } from './table.js';

/** Our figures, the paper's, and how far apart their F1 are; a row without ours says what it needs. */
export function reproducedLines({ source, rows }: ReproducedTable): string[] {
  const figures = (found: Percents | undefined) =>
    found ? [found.precision, found.recall, found.f1].map((figure) => figure.toFixed(2)) : ['-', '-', '-'];
  const cells = rows.map(({ name, ours, paper }) => {
    const apart = ours && paper ? (ours.f1 - paper.f1).toFixed(2) : '-';
    return [name, ...figures(ours), ...figures(paper), apart];
  });
  const titles = ['P', 'R', 'F1', 'paper P', 'R', 'F1', 'F1 apart'];
  return [
    ...table([{ title: 'detector' }, ...titles.map((title) => ({ title, align: 'right' as const }))], cells),
    ...rows.flatMap(({ name, missing, run }) =>
      missing ? [`${name}: ${run ? 'no figure' : 'not run'}: ${missing}`] : [],
    ),
    `Paper: ${source}. Figures in per cent.`,
  ];
}
