import { type EventColumn, readEvents } from '../parse/events/eventReader.js';
import type { ListCodes } from '../parse/events/listCodes.js';
import type { Progress } from '../progress.js';
import { type Column, column } from './column.js';
import { type Grouped, Grouping } from './grouping.js';
import { UNKNOWN } from './sessions.js';
import type { SharedField } from './windowing.js';

/** What is kept of each parsed line, by row of events.parquet. */
export interface EventTable {
  /** Milliseconds; a line without a time has that of the line before it. Undefined when no line gives a time. */
  times: Float64Array | undefined;
  /** Lines that give no time. */
  withoutTime: number;
  /** 1 for a line with an alert tag, 0 for one labelled normal, -1 where the format has no labels. */
  labels: Int8Array;
  /** Numbers of the event's first and last line in its file, and index of the file's name. */
  firstLines: Uint32Array;
  lastLines: Uint32Array;
  fileOf: Uint16Array;
  files: string[];
}

/** A log as groups of lines that share some fields. */
export interface GroupedLog {
  table: EventTable;
  groups: Grouped;
  /** Lines that lack one of the fields, and lines that are in several groups. */
  withoutId: number;
  inSeveral: number;
}

export interface GroupOptions {
  /** Fields that the lines of a group share; without any, all lines are one group. */
  by: readonly SharedField[];
  /** Whether the numbers of lines and the names of files are needed; they stay empty otherwise. */
  places: boolean;
  /** Called with the session ids of each line. */
  onIds?: (row: number, ids: readonly string[]) => void;
  /** Ids of templates that a person has merged, and what into. */
  merges?: ReadonlyMap<number, number>;
}

/**
 * Groups events, which are added in line order, by what their lines share. Takes 29 bytes an event, and 10 more with
 * places.
 */
export class LogGrouping {
  private readonly grouping = new Grouping();
  private readonly times: Column<Float64Array>;
  private readonly labels: Column<Int8Array>;
  private readonly firstLines: Column<Uint32Array>;
  private readonly lastLines: Column<Uint32Array>;
  private readonly fileOf: Column<Uint16Array>;
  private readonly files = new Map<string, number>();

  /** @param rows events and places to expect; 0: not known */
  constructor(
    private readonly by: readonly SharedField[],
    rows = { events: 0, places: 0 },
  ) {
    this.times = column(Float64Array, rows.events);
    this.labels = column(Int8Array, rows.events);
    this.firstLines = column(Uint32Array, rows.places);
    this.lastLines = column(Uint32Array, rows.places);
    this.fileOf = column(Uint16Array, rows.places);
  }

  /** @param valuesOf the values of a field that the event's line has */
  add(template: number, time: number, label: number, valuesOf: (field: SharedField) => readonly string[]): void {
    this.grouping.add(this.times.length, template, keysOf(this.by, valuesOf));
    this.times.push(time);
    this.labels.push(label);
  }

  /** Session ids of events, with the indexes that they have here; where events are grouped by session alone. */
  indexed({ names, starts, codes }: ListCodes): Pick<ListCodes, 'starts' | 'codes'> {
    const indexOf = Int32Array.from(names, (name) => this.grouping.indexOf(name));
    return { starts, codes: codes.map((code) => indexOf[code]) };
  }

  /** As `add`, for row i of what `indexed` gave: the way of most logs, without a string for each line. */
  addIndexed(
    template: number,
    time: number,
    label: number,
    { starts, codes }: Pick<ListCodes, 'starts' | 'codes'>,
    i: number,
  ): void {
    this.grouping.addIndexed(this.times.length, template, codes, starts[i], starts[i + 1]);
    this.times.push(time);
    this.labels.push(label);
  }

  /** Where the event added last stands. */
  place(file: string, firstLine: number, lastLine: number): void {
    this.firstLines.push(firstLine);
    this.lastLines.push(lastLine);
    this.fileOf.push(numberOf(file, this.files));
  }

  /** The event added last goes on to this line. */
  extend(lastLine: number): void {
    this.lastLines.last = lastLine;
  }

  finish(): GroupedLog {
    const groups = this.grouping.finish();
    const { times, withoutTime } = filledTimes(this.times.array());
    const table = {
      times,
      withoutTime,
      labels: this.labels.array(),
      firstLines: this.firstLines.array(),
      lastLines: this.lastLines.array(),
      fileOf: this.fileOf.array(),
      files: [...this.files.keys()],
    };
    return { table, groups, withoutId: this.grouping.withoutId, inSeveral: this.grouping.inSeveral };
  }
}

/** Reads the `rows` events of a parsed log once and groups them. */
export async function groupLog(
  path: string,
  rows: number,
  { by, places, onIds, merges }: GroupOptions,
  progress: Progress,
): Promise<GroupedLog> {
  const log = new LogGrouping(by, { events: rows, places: places ? rows : 0 });
  const task = progress.task('Grouping events', rows, { unit: 'events' });
  let read = 0;
  for await (const batch of readEvents(path, columnsFor(by, places, onIds !== undefined))) {
    let i = 0;
    const values = (field: SharedField) => valuesOf(batch, i, field);
    const sessions = bySession(by) ? log.indexed(batch.sessionCodes) : undefined;
    for (; i < batch.length; i++) {
      onIds?.(batch.start + i, batch.sessions[i]);
      const template = merges?.get(batch.template[i]) ?? batch.template[i];
      const label = labelOf(batch.alert[i]);
      if (sessions) log.addIndexed(template, batch.time[i], label, sessions, i);
      else log.add(template, batch.time[i], label, values);
      if (places) log.place(batch.file[i], batch.line[i], batch.line[i] + batch.lines[i] - 1);
    }
    read += batch.length;
    task.update(read);
  }
  if (read !== rows) throw new Error(`${read} events were read, but the ledger counts ${rows} parsed lines`);
  task.finish();
  return log.finish();
}

function columnsFor(by: readonly SharedField[], places: boolean, ids: boolean): EventColumn[] {
  const fields = by.map((field) => (field !== 'session' ? field : bySession(by) ? 'sessionCodes' : 'sessions'));
  const wanted: EventColumn[] = ['template', 'time', 'alert', ...fields, ...(ids ? (['sessions'] as const) : [])];
  return [...new Set(places ? [...wanted, 'file' as const, 'line' as const, 'lines' as const] : wanted)];
}

function labelOf(alert: string | null): number {
  return alert === null ? UNKNOWN : alert === '' ? 0 : 1;
}

function bySession(by: readonly SharedField[]): boolean {
  return by.length === 1 && by[0] === 'session';
}

type Fields = Record<Exclude<SharedField, 'session'>, string[]> & { sessions: string[][] };

function valuesOf(batch: Fields, i: number, field: SharedField): readonly string[] {
  return field === 'session' ? batch.sessions[i] : present(batch[field][i]);
}

/** The values of a field that a line has once or not at all. */
export function present(value: string): readonly string[] {
  return value === '' ? [] : [value];
}

const WHOLE = [''];

/** Every combination of the line's values; none where a field is missing. */
function keysOf(by: readonly SharedField[], valuesOf: (field: SharedField) => readonly string[]): readonly string[] {
  if (by.length === 0) return WHOLE;
  let keys = valuesOf(by[0]);
  for (let f = 1; f < by.length; f++) {
    const values = valuesOf(by[f]);
    keys = keys.flatMap((key) => values.map((value) => `${key} ${value}`));
  }
  return keys;
}

function numberOf(file: string, numbers: Map<string, number>): number {
  const known = numbers.get(file);
  if (known !== undefined) return known;
  numbers.set(file, numbers.size);
  return numbers.size - 1;
}

/** A line without a time happens when the line before it does; those at the very start, with the first that has one. */
function filledTimes(times: Float64Array): Pick<EventTable, 'times' | 'withoutTime'> {
  const first = times.find((time) => !Number.isNaN(time));
  let last = first ?? Number.NaN;
  let withoutTime = 0;
  for (let row = 0; row < times.length; row++) {
    if (Number.isNaN(times[row])) {
      withoutTime++;
      times[row] = last;
    }
    last = times[row];
  }
  return { times: first === undefined ? undefined : times, withoutTime };
}
