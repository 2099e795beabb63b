import Papa from 'papaparse';
import type { Cluster } from './drain.js';

/** Templates as a table: how many events of this run each has, and the first message. */
export class TemplateTable {
  /** By id; evicted clusters stay, since events name them. */
  private readonly entries: { cluster: Cluster; count: number; example: string }[] = [];

  add(cluster: Cluster, events: { content(event: number): string }, event: number): void {
    const entry = this.entries[cluster.id];
    if (entry === undefined) {
      this.entries[cluster.id] = { cluster, count: 1, example: events.content(event) };
    } else {
      entry.count++;
    }
  }

  /** CSV with the columns `id,template,count,example`, in the order of ids: what lines were met, and all of `clusters`. */
  csv(clusters: readonly Cluster[]): string {
    const all = new Map(Object.values(this.entries).map(({ cluster }) => [cluster.id, cluster]));
    for (const cluster of clusters) all.set(cluster.id, cluster);
    const rows = [...all.values()]
      .sort((a, b) => a.id - b.id)
      .map(({ id, tokens }) => {
        const { count, example } = this.entries[id] ?? { count: 0, example: '' };
        return { id, template: tokens.join(' '), count, example };
      });
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
