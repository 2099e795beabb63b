import type { ArtefactName, RunFolder } from '../run/folder.js';
import { type Column, Table, writeTable } from './parquet.js';

/** `excluded`: abnormal sessions on the training side, which no model may see and no figure counts. */
export const SPLITS = ['train', 'validation', 'test', 'excluded'] as const;
export type Split = (typeof SPLITS)[number];

export const TRAIN = 0;
export const VALIDATION = 1;
export const TEST = 2;
export const EXCLUDED = 3;

/** Label of a session that no labels file names. */
export const UNKNOWN = -1;

/** Stands for a template in the place behind a session's last event. */
export const END_OF_SESSION = -2;

/** Sessions in order of their first line, as flat arrays: session i has the events `offsets[i]` to `offsets[i + 1]`. */
export interface Sessions {
  /** (n) block id, window of lines, or number in a key file. */
  ids: string[];
  /** (n) 1 anomaly, 0 normal, -1 unknown. */
  labels: Int8Array;
  /** (n) index into SPLITS. */
  splits: Uint8Array;
  /** (n + 1) */
  offsets: Uint32Array;
  /** Template ids in line order; -1 matched no template. */
  events: Int32Array;
  /** Row of each event in events.parquet; undefined when the sessions come from key files. */
  rows: Uint32Array | undefined;
  /** Milliseconds from the event before in the same session, 0 for its first; undefined where no line has a time. */
  gaps?: Int32Array;
  /** (n) 1: an end of the log may have cut the session; undefined for key files, one session a line. */
  open?: Uint8Array;
}

const SESSIONS = { format: 'logbert-sessions', version: 1 };
const SEQUENCES = { format: 'logbert-sequences', version: 1 };

/**
 * Writes sessions.parquet (id, label, split, offset, length, open, first_row, last_row) and sequences.parquet
 * (template, row, gap); what a source doesn't give is left out.
 */
export async function saveSessions(
  run: RunFolder,
  sessions: Sessions,
  origin: { from: ArtefactName[]; settings: unknown },
): Promise<void> {
  await run.writeAll(['sessions', 'sequences'], origin, async (tmp) => {
    writeTable(tmp('sessions'), SESSIONS, sessionColumns(sessions));
    writeTable(tmp('sequences'), SEQUENCES, eventColumns(sessions));
  });
}

/** @throws UserError when the run has no usable sessions */
export async function loadSessions(run: RunFolder): Promise<Sessions> {
  const table = await Table.open(await run.require('sessions'), SESSIONS);
  const flat = await Table.open(await run.require('sequences'), SEQUENCES);
  const labels = await table.values<number | null>('label');
  const splits = await table.values<Split>('split');
  return {
    ids: await table.values<string>('id'),
    labels: Int8Array.from(labels, (label) => label ?? UNKNOWN),
    splits: Uint8Array.from(splits, (split) => SPLITS.indexOf(split)),
    offsets: withEnd(await table.uint32('offset'), flat.rows),
    events: await flat.int32('template'),
    rows: flat.has('row') ? await flat.uint32('row') : undefined,
    gaps: flat.has('gap') ? await flat.int32('gap') : undefined,
    open: table.has('open') ? Uint8Array.from(await table.values<boolean>('open'), Number) : undefined,
  };
}

/** Counts the sessions of a part, and their events. */
export function countPart(sessions: Sessions, split: number): { sessions: number; events: number } {
  const counts = { sessions: 0, events: 0 };
  for (let i = 0; i < sessions.ids.length; i++) {
    if (sessions.splits[i] !== split) continue;
    counts.sessions++;
    counts.events += sessions.offsets[i + 1] - sessions.offsets[i];
  }
  return counts;
}

/** Goes through the events of a part, session by session. */
export function forEachEvent(
  { ids, splits, offsets, events }: Sessions,
  split: number,
  use: (template: number, session: number) => void,
): void {
  for (let i = 0; i < ids.length; i++) {
    if (splits[i] !== split) continue;
    for (let at = offsets[i]; at < offsets[i + 1]; at++) use(events[at], i);
  }
}

function sessionColumns({ ids, labels, splits, offsets, rows, open }: Sessions): Column[] {
  const starts = offsets.subarray(0, ids.length);
  const columns: Column[] = [
    { name: 'id', type: 'string', data: ids },
    { name: 'label', type: 'optional int32', data: Array.from(labels, (label) => (label === UNKNOWN ? null : label)) },
    { name: 'split', type: 'string', data: Array.from(splits, (split) => SPLITS[split]) },
    { name: 'offset', type: 'int32', data: starts },
    { name: 'length', type: 'int32', data: starts.map((start, i) => offsets[i + 1] - start) },
  ];
  if (open) columns.push({ name: 'open', type: 'boolean', data: Array.from(open, Boolean) });
  if (!rows) return columns;
  return [
    ...columns,
    { name: 'first_row', type: 'int32', data: starts.map((start) => rows[start]) },
    { name: 'last_row', type: 'int32', data: starts.map((_, i) => rows[offsets[i + 1] - 1]) },
  ];
}

function eventColumns({ events, rows, gaps }: Sessions): Column[] {
  const columns: Column[] = [{ name: 'template', type: 'int32', data: events }];
  if (rows) columns.push({ name: 'row', type: 'int32', data: rows });
  if (gaps) columns.push({ name: 'gap', type: 'int32', data: gaps });
  return columns;
}

function withEnd(starts: Uint32Array, end: number): Uint32Array {
  const offsets = new Uint32Array(starts.length + 1);
  offsets.set(starts);
  offsets[starts.length] = end;
  return offsets;
}

/** The sessions of a part as sequences of template ids. */
export function sequencesOf({ splits, offsets, events }: Sessions, part: number): Int32Array[] {
  const chosen = Array.from(splits.keys()).filter((i) => splits[i] === part);
  return chosen.map((i) => events.subarray(offsets[i], offsets[i + 1]));
}
