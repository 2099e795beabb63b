import type { Settings } from '../config/schema.js';
import { UserError } from '../error.js';
import type { Format } from '../parse/formats/formats.js';
import { emptyHeader, headerReader } from '../parse/formats/header.js';
import { headLines } from '../parse/formats/headLines.js';
import { count, type LogFile } from '../parse/input/logFiles.js';
import { type Pass, pass } from './pass.js';
import { guessSessions, type SessionGuess } from './sessionGuess.js';

/** How lines are tied together. */
export interface SessionRule {
  /** Regular expression of the ids. */
  pattern?: string;
  /** Name of a field that is the id. */
  field?: string;
  /** Lines of a window, where there is neither. */
  windowLines: number;
  /** Why: what the guess saw, or that the user or the format says so. */
  why: string;
  guess?: SessionGuess;
}

/** What the user says of sessions. */
export interface SessionOptions {
  windowLines?: number;
  sessionField?: string;
}

/** Lines that are looked at for a field. */
const HEAD_LINES = 500;

/**
 * What the user says, what recurs as a session id would, what the format says, or windows of lines.
 * @throws UserError when no line has the field that the user names
 */
export async function sessionRule(
  logs: readonly LogFile[],
  format: Format,
  { sequences }: Settings,
  { windowLines = 0, sessionField }: SessionOptions,
  how: Pass,
): Promise<SessionRule> {
  const rule = { windowLines };
  if (sessionField !== undefined) {
    await requireField(logs, format, sessionField);
    return { ...rule, field: sessionField, why: `the field ${sessionField}, as given` };
  }
  const { sessionId } = sequences;
  if (sessionId !== undefined) return { ...rule, pattern: sessionId, why: `${sessionId}, as given` };
  if (windowLines > 0) return { ...rule, why: `windows of ${windowLines} lines, as given` };
  const [guess] = await pass('Look for session ids', logs, how, (reading) => guessSessions(logs, format, reading));
  if (guess) return { ...rule, ...guessed(guess), guess };
  if (format.sessionField) {
    return { ...rule, field: format.sessionField, why: `the field ${format.sessionField}, as the format says` };
  }
  if (format.sessionId) return { ...rule, pattern: format.sessionId, why: `${format.sessionId}, as the format says` };
  return { ...rule, why: 'no token or field comes back as a session id would: windows of lines' };
}

/** The format with the rule's session id in place of its own. */
export function withSessions(format: Format, { pattern, field }: SessionRule): Format {
  const { sessionField: _field, sessionId: _id, ...rest } = format;
  if (field !== undefined) return { ...rest, sessionField: field };
  return pattern === undefined ? rest : { ...rest, sessionId: pattern };
}

function guessed({ pattern, isField, coverage, ids, lines, reach }: SessionGuess) {
  const where = `on ${percent(coverage)} of the lines, ${count(ids)} ids of ${lines} lines each`;
  const why = `${isField ? 'the field ' : ''}${pattern}: ${where}, spread over ${percent(reach)} of the log`;
  return isField ? { field: pattern, why } : { pattern, why };
}

async function requireField(logs: readonly LogFile[], format: Format, name: string): Promise<void> {
  const reader = headerReader({ ...format, sessionField: name });
  const header = emptyHeader();
  const names = new Set<string>();
  for (const { bytes } of await headLines(logs, HEAD_LINES)) {
    if (!reader.read(bytes, 0, bytes.length, header)) continue;
    if (header.sessionEnd > header.sessionStart) return;
    for (const [found] of reader.fields()) names.add(found);
  }
  const known = names.size > 0 ? ` Fields found: ${[...names].slice(0, 20).join(', ')}.` : '';
  throw new UserError(`None of the first lines has a field ${name} (--session-field).${known}`);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
