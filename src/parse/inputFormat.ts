import type { Settings } from '../config/schema.js';
import { UsageError } from '../error.js';
import { type Detection, detectFormat } from './detect.js';
import { FORMATS, type Format, formatNamed, PLAIN } from './formats.js';
import { type LineSink, LineSplitter } from './lineSplitter.js';
import type { LogFile } from './logFiles.js';
import { regExpOf } from './masks.js';
import { BrokenSource, readSource, refuseBinary } from './source.js';

/** The name in `input.format` that asks for detection. */
export const AUTO = 'auto';
/** Lines that decide. */
const HEAD_LINES = 500;
const HEAD_BYTES = 1 << 20;

/** The format of a log, and how it was found. */
export interface InputFormat {
  name: string;
  format: Format;
  /** Undefined when the user named the format. */
  detection?: Detection;
}

/**
 * The format that the settings name, or under `auto` the one of the first lines; lines that fit none are read whole,
 * as format `plain`. Year and session id of the settings are put in place.
 *
 * @throws UsageError when there is no such format or the session id is no regular expression
 */
export async function inputFormat(settings: Settings, logs: readonly LogFile[]): Promise<InputFormat> {
  const { input, sequences } = settings;
  const detection = input.format === AUTO ? detectFormat(await headLines(logs, HEAD_LINES)) : undefined;
  const name = detection ? (detection.name ?? PLAIN) : input.format;
  const format = { ...(detection ? FORMATS[name] : formatNamed(name)), year: input.year };
  if (sequences.sessionId === undefined) return { name, format, detection };
  checkSessionId(sequences.sessionId);
  return { name, format: { ...format, sessionId: sequences.sessionId, sessionField: undefined }, detection };
}

/** The first lines of logs, blank ones left out. */
export async function headLines(logs: readonly Pick<LogFile, 'name' | 'path'>[], count: number): Promise<Buffer[]> {
  const lines: Buffer[] = [];
  const sink: LineSink = {
    line: (bytes, start, end) => {
      if (lines.length < count && end > start) lines.push(Buffer.from(bytes.subarray(start, end)));
    },
    overlong: () => {},
  };
  for (const { name, path } of logs) {
    if (lines.length >= count) break;
    await readHead(name, path, sink, () => lines.length >= count);
  }
  return lines;
}

async function readHead(name: string, path: string, sink: LineSink, enough: () => boolean): Promise<void> {
  const splitter = new LineSplitter(sink, HEAD_BYTES);
  let first = true;
  try {
    for await (const chunk of readSource(path)) {
      if (first) refuseBinary(name, chunk);
      first = false;
      splitter.push(chunk);
      if (enough()) return;
    }
    splitter.finish();
  } catch (error) {
    // What is damaged is told when it's read through.
    if (!(error instanceof BrokenSource)) throw error;
  }
}

function checkSessionId(pattern: string): void {
  try {
    if (regExpOf(pattern).test('')) throw new Error('it matches the empty text');
  } catch (error) {
    throw new UsageError(
      `sequences.sessionId: expected a regular expression, found '${pattern}': ${(error as Error).message}.`,
    );
  }
}
