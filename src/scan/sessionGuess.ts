import type { Format } from '../parse/formats/formats.js';
import { emptyHeader, headerReader, type NamedValue } from '../parse/formats/header.js';
import { type LogFile, type ReadOptions, readLines } from '../parse/input/logFiles.js';

/** What ties lines together: a pattern whose matches are session ids, or a field. */
export interface SessionGuess {
  /** Regular expression of the ids, or name of the field. */
  pattern: string;
  isField: boolean;
  /** One of them. */
  example: string;
  /** Share of the lines that hold one. */
  coverage: number;
  /** Different ids. */
  ids: number;
  /** Median number of lines of an id. */
  lines: number;
  /** Median share of the log between the first and the last line of an id. */
  reach: number;
  /** Share of the ids that begin in the later half: sessions come all the time, machines are there from the start. */
  arriving: number;
}

/** Lines looked at, from the beginning: an id is bounded within any part of a log. */
const SAMPLE = 60_000;
/** What a session id has to be: see `isSession`. */
const MIN_IDS = 20;
const MIN_COVERAGE = 0.5;
const MIN_LINES = 2;
const MAX_REACH = 0.6;
const MIN_ARRIVING = 0.2;
/** Kinds of ids that are followed, and ids of one kind. */
const MAX_KINDS = 400;

/**
 * Guesses what ties the lines of a log together: tokens of one shape (`blk_-?\d+`, `req-<uuid>`, `job=\d+`) with many
 * different values, each of which comes back within a bounded part of the log. Of those that hold for most lines the one
 * with most lines an id is taken; so are the fields of JSON and logfmt. What the format itself names as a session id isn't looked at.
 *
 * @returns the guesses, the best first; none where lines aren't tied together
 */
export async function guessSessions(
  logs: readonly LogFile[],
  format: Format,
  options: ReadOptions,
): Promise<SessionGuess[]> {
  const kinds = new Kinds();
  const reader = headerReader(format);
  const header = emptyHeader();
  const enough = () => kinds.lines >= SAMPLE;
  await readLines(logs, { ...options, enough }, () => ({
    line: (bytes, start, end) => {
      if (kinds.lines >= SAMPLE || !reader.read(bytes, start, end, header)) return;
      const { contentStart, contentEnd } = header;
      const { buffer, byteOffset } = header.bytes;
      const message = Buffer.from(buffer, byteOffset + contentStart, contentEnd - contentStart).toString('latin1');
      kinds.add(message, reader.fields());
    },
    overlong: () => {},
  }));
  return kinds.guesses();
}

interface Seen {
  lines: number;
  first: number;
  last: number;
}

interface Kind {
  pattern: string;
  isField: boolean;
  lines: number;
  lastLine: number;
  ids: Map<string, Seen>;
}

class Kinds {
  lines = 0;
  private readonly kinds = new Map<string, Kind>();

  add(message: string, fields: Iterable<NamedValue>): void {
    const line = this.lines++;
    for (const { pattern, id } of idsIn(message)) this.see(pattern, false, id, line);
    for (const [name, value] of fields) if (isId(value)) this.see(name, true, String(value), line);
  }

  guesses(): SessionGuess[] {
    const found = Array.from(this.kinds.values(), (kind) => guessOf(kind, this.lines));
    return found
      .filter(isSession)
      .sort((a, b) => Math.round((b.coverage - a.coverage) * 20) || b.lines * (1 - b.reach) - a.lines * (1 - a.reach));
  }

  private see(pattern: string, isField: boolean, id: string, line: number): void {
    const key = `${isField} ${pattern}`;
    let kind = this.kinds.get(key);
    if (!kind) {
      if (this.kinds.size >= MAX_KINDS) return;
      kind = { pattern, isField, lines: 0, lastLine: -1, ids: new Map() };
      this.kinds.set(key, kind);
    }
    if (kind.lastLine !== line) kind.lines++;
    kind.lastLine = line;
    const seen = kind.ids.get(id);
    if (!seen) kind.ids.set(id, { lines: 1, first: line, last: line });
    else if (seen.last !== line) {
      seen.lines++;
      seen.last = line;
    }
  }
}

/** Whether a named value may be an id: a word or a whole number, no text and no measure. */
function isId(value: unknown): boolean {
  return typeof value === 'string' ? /^[\w.:-]{1,80}$/.test(value) : Number.isInteger(value);
}

function guessOf({ pattern, isField, lines, ids }: Kind, all: number): SessionGuess {
  const seen = [...ids.values()];
  return {
    pattern,
    isField,
    example: ids.keys().next().value ?? '',
    coverage: lines / all,
    ids: ids.size,
    lines: median(seen.map((id) => id.lines)),
    reach: median(seen.map((id) => (id.last - id.first + 1) / all)),
    arriving: seen.filter((id) => id.first >= all / 2).length / seen.length,
  };
}

/** Many values, on most lines, each of them more than once and only in a part of the log. */
function isSession({ coverage, ids, lines, reach, arriving }: SessionGuess): boolean {
  const tied = ids >= MIN_IDS && coverage >= MIN_COVERAGE && lines >= MIN_LINES;
  return tied && reach <= MAX_REACH && arriving >= MIN_ARRIVING;
}

const UUID = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';
/** A word with letters and digits, a UUID with what leads it, or the number of a key. */
const CANDIDATE = new RegExp(
  `[A-Za-z_-]*${UUID}|[A-Za-z][A-Za-z]*[_-]-?\\d[\\w-]*|[A-Za-z_]+[=#]\\d+|\\b(?=[0-9a-f]*\\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}\\b`,
  'g',
);
const IS_UUID = new RegExp(UUID);
const HEX = /^[0-9a-f]{8,64}$/;

function idsIn(message: string): { pattern: string; id: string }[] {
  return Array.from(message.matchAll(CANDIDATE), ([id]) => ({ pattern: patternOf(id), id }));
}

/** The shape of an id: its digits are any digits, its letters are themselves. */
export function patternOf(id: string): string {
  const uuid = IS_UUID.exec(id);
  if (uuid) return `${id.slice(0, uuid.index)}${UUID}`;
  if (HEX.test(id)) return `[0-9a-f]{${id.length}}`;
  return id.replace(/(?<=_)-?\d+|\d+/g, (digits, at: number) => (id[at - 1] === '_' ? '-?\\d+' : digits && '\\d+'));
}

function median(values: number[]): number {
  if (values.length === 0) return 0;
  return values.sort((a, b) => a - b)[values.length >> 1];
}
