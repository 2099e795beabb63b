import Papa from 'papaparse';
import type { Cluster } from './drain.js';

/** Templates as a table: how many events of this run each has, and the first message. */
export class TemplateTable {
  private readonly counts: number[] = [];
  private readonly examples: string[] = [];

  add({ id }: Cluster, bytes: Uint8Array, start: number, end: number): void {
    const count = this.counts[id];
    if (count === undefined) {
      this.counts[id] = 1;
      this.examples[id] = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
    } else {
      this.counts[id] = count + 1;
    }
  }

  /** CSV with the columns `id,template,count,example`, in the order of ids. */
  csv(clusters: readonly Cluster[]): string {
    const rows = clusters.map(({ id, tokens }) => ({
      id,
      template: tokens.join(' '),
      count: this.counts[id] ?? 0,
      example: this.examples[id] ?? '',
    }));
    return `${Papa.unparse(rows, { columns: ['id', 'template', 'count', 'example'], newline: '\n' })}\n`;
  }
}

/** A template of templates.csv. */
export interface TemplateRow {
  id: number;
  template: string;
  count: number;
  example: string;
}

/** Reads what `TemplateTable.csv` gives. */
export function templatesFromCsv(text: string): TemplateRow[] {
  const { data } = Papa.parse<Record<keyof TemplateRow, string>>(text, { header: true, skipEmptyLines: true });
  return data.map(({ id, template, count, example }) => ({ id: Number(id), template, count: Number(count), example }));
}
