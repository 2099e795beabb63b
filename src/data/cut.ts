import { UserError } from '../error.js';
import type { EventTable, GroupedLog } from './eventTable.js';
import type { Grouped } from './grouping.js';
import { openSessions } from './openEnds.js';
import type { Windowing } from './windowing.js';
import { countWindows, timeWindows, type Windows } from './windows.js';

/** A log as sequences of events. */
export interface Sequences extends Grouped {
  /** (sequences) index of the group that a sequence is, or is cut from */
  groups: Uint32Array;
  /** (sequences) 1: an end of the log or the border may have cut the sequence short */
  open: Uint8Array;
}

export interface CutOptions {
  /** First row of the test side, which no window straddles; none by default. */
  border?: number;
  /** The command to run where windows of time can't be had. */
  next?: string;
}

/**
 * Cuts a log into sequences: its groups themselves, or windows inside them.
 * @throws UserError when windows of time are asked for and no line has one
 */
export function cutSequences(
  { groups, table }: GroupedLog,
  windowing: Windowing,
  { border = Number.POSITIVE_INFINITY, next }: CutOptions = {},
): Sequences {
  if (windowing.window === 'session') {
    const open = openSessions(groups, table.times, table.labels.length);
    return { ...groups, groups: Uint32Array.from(groups.ids.keys()), open };
  }
  const windows = windowsOf(groups, table, { ...windowing, border }, next);
  const templates = new Int32Array(table.labels.length);
  groups.rows.forEach((row, i) => {
    templates[row] = groups.events[i];
  });
  return {
    ids: namesOf(windows, groups, table),
    groups: windows.groups,
    offsets: windows.offsets,
    rows: windows.rows,
    events: Int32Array.from(windows.rows, (row) => templates[row]),
    open: windows.open,
  };
}

function windowsOf(
  groups: Grouped,
  { times }: EventTable,
  size: Exclude<Windowing, { window: 'session' }> & { border: number },
  next: string | undefined,
): Windows {
  if (size.window === 'count') return countWindows(groups, size);
  if (times) return timeWindows(groups, times, size);
  throw new UserError('No line of the log has a time, which windows of time need.', { next });
}

/** Names such as `R02-M1 2005-06-03T22:42:50.675Z lines 12-40`: group, start of a time window, first and last line. */
function namesOf({ groups: of, offsets, rows, starts }: Windows, { ids }: Grouped, table: EventTable): string[] {
  const { files, fileOf, firstLines, lastLines } = table;
  const place = (row: number, line: number) => (files.length > 1 ? `${files[fileOf[row]]}:${line}` : `${line}`);
  return Array.from(of, (group, i) => {
    const start = Number.isNaN(starts[i]) ? '' : new Date(starts[i]).toISOString();
    const [first, last] = [rows[offsets[i]], rows[offsets[i + 1] - 1]];
    const lines = `lines ${place(first, firstLines[first])}-${place(last, lastLines[last])}`;
    return [ids[group], start, lines].filter((part) => part !== '').join(' ');
  });
}
