import { writeFileAtomic } from '../run/atomic.js';
import type { ComparedData } from '../score/compare.js';
import { COMPARED_TITLES, comparedCells, comparedHead, comparedTable } from '../score/comparedTable.js';
import type { TableFormat } from '../score/tableOptions.js';
import { table } from './table.js';

/** The comparison for a terminal, or in a format. */
export async function comparedLines(data: ComparedData[], format: TableFormat | undefined): Promise<string[]> {
  if (format) return comparedTable(data, format).trimEnd().split('\n');
  const columns = COMPARED_TITLES.slice(0, SHOWN).map((title, i) => ({
    title,
    align: i > 0 ? ('right' as const) : undefined,
  }));
  return data.flatMap((set) => [
    comparedHead(set),
    ...table(
      columns,
      set.rows.map((row) => comparedCells(row).slice(0, SHOWN)),
    ),
    '',
  ]);
}

/** Columns that fit into a terminal. */
const SHOWN = 7;

const ENDINGS: Record<string, TableFormat> = {
  md: 'markdown',
  csv: 'csv',
  json: 'json',
  tex: 'latex',
  html: 'html',
};

/** Writes a table, by default in the format that the file's ending names. */
export async function writeTableFile(
  path: string,
  data: ComparedData[],
  format = ENDINGS[path.split('.').at(-1) ?? ''] ?? ('markdown' as TableFormat),
): Promise<string> {
  await writeFileAtomic(path, comparedTable(data, format));
  return `Wrote ${path}.`;
}
