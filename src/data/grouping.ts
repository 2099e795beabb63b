import { IntList } from './intList.js';
import type { Sessions } from './sessions.js';

/** Sessions before labels and split. */
export type Grouped = Pick<Sessions, 'ids' | 'offsets' | 'events'> & { rows: Uint32Array };

/**
 * Groups events by session id, in one pass and with line order kept; a line that names two sessions belongs to both.
 * Takes 20 bytes an event at its peak, beside the ids.
 */
export class Grouping {
  /** Lines that name no session. */
  withoutId = 0;
  /** Lines that name more than one. */
  inSeveral = 0;

  private readonly known = new Map<string, number>();
  private readonly sessions = new IntList();
  private readonly templates = new IntList();
  private readonly rows = new IntList();

  /** @param ids the session ids that the line names; the same one twice counts once */
  add(row: number, template: number, ids: readonly string[]): void {
    const different = ids.length > 1 ? new Set(ids) : ids;
    for (const id of different) {
      this.sessions.push(this.indexOf(id));
      this.templates.push(template);
      this.rows.push(row);
    }
    if (ids.length === 0) this.withoutId++;
    else if (different !== ids && (different as Set<string>).size > 1) this.inSeveral++;
  }

  /** As `add`, for a line that names the sessions `indexes[from, to)`, each once. */
  addIndexed(row: number, template: number, indexes: Int32Array, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      this.sessions.push(indexes[i]);
      this.templates.push(template);
      this.rows.push(row);
    }
    if (to === from) this.withoutId++;
    else if (to > from + 1) this.inSeveral++;
  }

  /** Sessions in order of their first line (counting sort, stable). */
  finish(): Grouped {
    const ids = [...this.known.keys()];
    const offsets = new Uint32Array(ids.length + 1);
    for (let i = 0; i < this.sessions.length; i++) offsets[this.sessions.get(i) + 1]++;
    for (let i = 0; i < ids.length; i++) offsets[i + 1] += offsets[i];
    const next = offsets.slice();
    const events = new Int32Array(this.sessions.length);
    const rows = new Uint32Array(this.sessions.length);
    for (let i = 0; i < events.length; i++) {
      const at = next[this.sessions.get(i)]++;
      events[at] = this.templates.get(i);
      rows[at] = this.rows.get(i);
    }
    return { ids, offsets, events, rows };
  }

  /** The index of a session, which is a new one if it's unknown. */
  indexOf(id: string): number {
    const found = this.known.get(id);
    if (found !== undefined) return found;
    this.known.set(id, this.known.size);
    return this.known.size - 1;
  }
}
