import { type Events, KNOWN, originOf, type Span } from './events.js';

/** Lines that belong together, as the models take them. */
export interface Sequence {
  /** Name of the session, or of the window. */
  id: string;
  /** Index of the session; -1 for a window. */
  session: number;
  rows: number[];
  /** Template ids, -1 for a line that matches none. */
  events: Int32Array;
}

/** Sessions of a span, in order of their first lines there; where the log has none, full windows of `length` lines. */
export function sequencesOf(events: Events, span: Span, length: number): Sequence[] {
  const rows = events.session.length > 0 ? bySession(events, span) : inWindows(span, length);
  return rows.map(({ id, session, rows }) => ({
    id,
    session,
    rows,
    events: Int32Array.from(rows, (row) => (originOf(events.template[row]) === KNOWN ? events.template[row] : -1)),
  }));
}

type Rows = Omit<Sequence, 'events'>;

function bySession(events: Events, { from, to }: Span): Rows[] {
  const found = new Map<number, Rows>();
  for (let i = 0; i < events.session.length; i++) {
    const [row, session] = [events.sessionRow[i], events.session[i]];
    if (row < from || row >= to) continue;
    const known = found.get(session);
    if (known) known.rows.push(row);
    else found.set(session, { id: events.sessions.text(session), session, rows: [row] });
  }
  return [...found.values()];
}

function inWindows({ from, to }: Span, length: number): Rows[] {
  const windows: Rows[] = [];
  // A last window that isn't full has other counts for that alone.
  for (let start = from; start + length <= to; start += length) {
    const rows = Array.from({ length }, (_, i) => start + i);
    windows.push({ id: `window ${windows.length + 1}`, session: -1, rows });
  }
  return windows;
}
