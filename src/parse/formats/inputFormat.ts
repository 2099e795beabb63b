import type { Settings } from '../../config/schema.js';
import { UsageError } from '../../error.js';
import type { LogFile } from '../input/logFiles.js';
import { patternFault } from '../masks/bytePattern.js';
import { customFormat, isLayout } from './customFormat.js';
import { type Detection, detectFormat } from './detect.js';
import { FORMATS, type Format, formatNamed, PLAIN } from './formats.js';
import { headLines } from './headLines.js';

/** The name in `input.format` that asks for detection. */
const AUTO = 'auto';
/** Lines that decide. */
const HEAD_LINES = 500;

/** The format of a log, and how it was found. */
export interface InputFormat {
  name: string;
  format: Format;
  /** Undefined when the user named the format. */
  detection?: Detection;
}

/** Whether finding this format takes a look at the lines, so that they have to be read twice. */
export function needsLines(format: string): boolean {
  return format === AUTO || isLayout(format);
}

/**
 * The format that the settings name, the layout that they give, or under `auto` the format of the first lines; lines
 * that fit none are read whole, as format `plain`. Year and session id of the settings are put in place.
 *
 * @throws UsageError when there is no such format or the session id is no regular expression
 */
export async function inputFormat(settings: Settings, logs: readonly LogFile[]): Promise<InputFormat> {
  const { input, sequences } = settings;
  const lines = needsLines(input.format) ? (await headLines(logs, HEAD_LINES)).map(({ bytes }) => bytes) : [];
  const found = resolved(input.format, lines);
  const format = { ...found.format, year: input.year };
  if (sequences.sessionId === undefined) return { ...found, format };
  checkSessionId(sequences.sessionId);
  return { ...found, format: { ...format, sessionId: sequences.sessionId, sessionField: undefined } };
}

function resolved(name: string, lines: Buffer[]): InputFormat {
  if (isLayout(name)) return { name, format: customFormat(name, lines) };
  if (name !== AUTO) return { name, format: formatNamed(name) };
  const detection = detectFormat(lines);
  const decided = detection.name ?? PLAIN;
  return { name: decided, format: FORMATS[decided], detection };
}

function checkSessionId(pattern: string): void {
  const fault = patternFault(pattern);
  if (fault === undefined) return;
  throw new UsageError(`sequences.sessionId: expected a regular expression, found '${pattern}': ${fault}.`);
}
