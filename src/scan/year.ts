import { stat } from 'node:fs/promises';
import type { Format } from '../parse/formats/formats.js';
import { emptyHeader, headerReader } from '../parse/formats/header.js';
import { headLines } from '../parse/formats/headLines.js';
import type { LogFile } from '../parse/input/logFiles.js';

const HEAD_LINES = 500;
/** Times are read as UTC, whatever zone they were written in. */
const ZONES = 86_400_000;

/**
 * The format with the year of the first line, for times that have none: `given`, or the year in which the first file was
 * written last, or the one before if the first line would otherwise lie after that.
 * @param logs at least one; each a file (what came by stdin was copied now)
 */
export async function inYear(format: Format, logs: readonly LogFile[], given: number | undefined): Promise<Format> {
  if (given !== undefined) return { ...format, year: given };
  const [first] = logs;
  const { mtime } = await stat(first.path);
  const dated = { ...format, year: mtime.getUTCFullYear() };
  const late = (await firstTime(dated, first)) > mtime.getTime() + ZONES;
  return late ? { ...dated, year: dated.year - 1 } : dated;
}

/** Milliseconds since 1970-01-01 UTC; NaN where the first lines give no time. */
async function firstTime(format: Format, log: LogFile): Promise<number> {
  const reader = headerReader(format);
  for (const { bytes } of await headLines([log], HEAD_LINES)) {
    const time = reader.read(bytes, 0, bytes.length, emptyHeader()) ? reader.time() : Number.NaN;
    if (!Number.isNaN(time)) return time;
  }
  return Number.NaN;
}
