import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Settings, type SettingsInput, settingsSchema } from '../../src/config/schema.js';
import { readEvents, type ValueColumn } from '../../src/parse/events/eventReader.js';
import { BatchBuilder, type LineBatch } from '../../src/parse/input/lineBatch.js';
import { type ParseOptions, type ParseSummary, parseLogs } from '../../src/parse/parse.js';
import { silent } from '../../src/progress.js';
import { RunFolder } from '../../src/run/folder.js';

/** Folder of the real logs, which aren't part of the project. */
export const DATA = process.env.LOGBERT_TEST_DATA ?? '../shared/data';
export const HAS_DATA = existsSync(join(DATA, 'hdfs'));

export const ALL_COLUMNS: ValueColumn[] = [
  'file',
  'line',
  'offset',
  'lines',
  'time',
  'template',
  'sessions',
  'parameters',
  'level',
  'component',
  'node',
  'alert',
];

/** Runs `use` with a folder that is gone afterwards. */
export async function withFolder<T>(use: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'logbert-parse-'));
  try {
    return await use(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

export function settingsFor(files: string[], input: SettingsInput = {}): Settings {
  return settingsSchema.parse({ ...input, input: { ...input.input, files } });
}

/** Parses into the run folder `dir` and hands the open run to `use`. */
export async function parseInto<T>(
  dir: string,
  settings: Settings,
  use: (run: RunFolder, summary: ParseSummary) => Promise<T> | T,
  options: ParseOptions = {},
): Promise<T> {
  const run = await RunFolder.open(dir, { create: true });
  try {
    return await use(run, await parseLogs(settings, run, silent, options));
  } finally {
    await run.close();
  }
}

/** All events, a plain object each. */
export async function allEvents(run: RunFolder): Promise<Record<ValueColumn, unknown>[]> {
  const rows: Record<ValueColumn, unknown>[] = [];
  for await (const batch of readEvents(await run.require('events'), ALL_COLUMNS)) {
    for (let i = 0; i < batch.length; i++) {
      rows.push(Object.fromEntries(ALL_COLUMNS.map((column) => [column, batch[column][i]])) as (typeof rows)[number]);
    }
  }
  return rows;
}

/** A line of the format `hdfs`. */
export function hdfsLine(content: string, second = 0): string {
  return `081109 2035${String(second % 60).padStart(2, '0')} 143 INFO dfs.DataNode: ${content}`;
}

/** Lines as a batch to be scanned. */
export function batchOf(lines: readonly string[]): LineBatch {
  const builder = new BatchBuilder(0);
  const chunk = Buffer.from(lines.join('\n'));
  builder.chunk(chunk);
  let at = 0;
  for (const [i, line] of lines.entries()) {
    const end = at + Buffer.byteLength(line);
    builder.line(chunk, at, end, at, i + 1);
    at = end + 1;
  }
  return builder.take()?.batch as LineBatch;
}
