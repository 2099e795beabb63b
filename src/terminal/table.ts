import { cut, neutral } from './text.js';

export interface Column {
  title: string;
  align?: 'left' | 'right';
}

/**
 * Rows as aligned lines, at most `width` characters wide: the widest left-aligned column gives way.
 * Cells are made safe to show.
 */
export function table(columns: Column[], rows: (string | number)[][], width = 80): string[] {
  const cells = rows.map((row) => row.map((cell) => neutral(String(cell))));
  const widths = columns.map(({ title }, c) => Math.max(title.length, ...cells.map((row) => (row[c] ?? '').length)));
  shrink(widths, columns, width);
  const line = (row: string[]) =>
    columns
      .map((column, c) => pad(cut(row[c] ?? '', widths[c]), widths[c], column.align))
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), widths.map((w) => '-'.repeat(w)).join('  '), ...cells.map(line)];
}

/** `name: value` lines with the values below each other. */
export function pairs(items: [string, string | number][]): string[] {
  const width = Math.max(0, ...items.map(([name]) => name.length));
  return items.map(([name, value]) => `${name.padEnd(width)}  ${neutral(String(value))}`);
}

function pad(text: string, width: number, align: Column['align'] = 'left'): string {
  return align === 'right' ? text.padStart(width) : text.padEnd(width);
}

function shrink(widths: number[], columns: Column[], width: number): void {
  const total = () => widths.reduce((sum, w) => sum + w + 2, -2);
  while (total() > width) {
    const left = widths.map((w, c) => (columns[c].align === 'right' ? 0 : w));
    const widest = left.indexOf(Math.max(...left));
    if (left[widest] <= 8) return;
    widths[widest] = Math.max(8, widths[widest] - (total() - width));
  }
}
