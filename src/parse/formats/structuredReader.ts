import type { Format, Structure } from './formats.js';
import { type Header, type HeaderReader, isBlank, type NamedValue } from './header.js';
import { TimeGuess } from './timeGuess.js';

type Fields = Record<string, unknown>;

/**
 * Reads lines of named fields: JSON objects or logfmt. The parts of a header are copied to a buffer of its own, where
 * what was escaped stands as it is meant.
 */
export class StructuredReader implements HeaderReader {
  /** The pattern of a time is guessed by those before it. */
  readonly ordered = true;
  private readonly structure: Structure;
  private readonly times = new TimeGuess();
  private found: Fields = {};
  /** Fields that say when, where and in what session, not what. */
  private readonly apart: ReadonlySet<string>;
  private room = Buffer.allocUnsafe(1 << 12);
  private used = 0;

  constructor(
    structure: Structure,
    private readonly sessionField: Format['sessionField'],
  ) {
    this.structure = structure;
    this.apart = new Set([...structure.time, ...structure.node, ...(sessionField === undefined ? [] : [sessionField])]);
  }

  read(bytes: Uint8Array, start: number, end: number, header: Header): boolean {
    if (isBlank(bytes, start, end)) return false;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
    const { syntax, required, message, level, component, node } = this.structure;
    const fields = syntax === 'json' ? jsonFields(text) : logfmtFields(text);
    if (!fields || required.some((name) => fields[name] === undefined)) return false;
    const content = first(fields, message);
    // Any text with `=` would pass as logfmt otherwise.
    if (syntax === 'logfmt' && content === undefined && first(fields, level) === undefined) return false;
    this.found = fields;
    this.used = 0;
    header.contentStart = 0;
    header.contentEnd = this.put(content === undefined ? text : textOf(content).trimEnd());
    header.levelStart = this.used;
    header.levelEnd = this.put(textOf(first(fields, level)));
    header.componentStart = this.used;
    header.componentEnd = this.put(textOf(first(fields, component)));
    header.nodeStart = this.used;
    header.nodeEnd = this.put(textOf(first(fields, node)));
    header.sessionStart = this.used;
    header.sessionEnd = this.put(this.sessionField === undefined ? '' : textOf(first(fields, [this.sessionField])));
    header.alertStart = -1;
    header.alertEnd = -1;
    header.bytes = this.room;
    return true;
  }

  time(): number {
    return this.times.read(first(this.found, this.structure.time));
  }

  fields(): Iterable<NamedValue> {
    const message = this.structure.message.find((name) => first(this.found, [name]) !== undefined);
    return named(this.found, '', (name) => name === message || this.apart.has(name));
  }

  /** Appends a text to the buffer. Returns where it ends. */
  private put(text: string): number {
    const most = this.used + text.length * 3;
    if (most > this.room.length) {
      const grown = Buffer.allocUnsafe(Math.max(most, this.room.length * 2));
      this.room.copy(grown, 0, 0, this.used);
      this.room = grown;
    }
    this.used += this.room.write(text, this.used);
    return this.used;
  }
}

/** The first of these fields that the line has; a dotted name is looked up in nested objects too. */
function first(fields: Fields, names: readonly string[]): unknown {
  for (const name of names) {
    const value = fields[name] ?? (name.includes('.') ? nested(fields, name.split('.')) : undefined);
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

/** Objects in objects that are taken apart. */
const MOST_LEVELS = 3;

/** The values of fields and of those within them, each with its name. */
function* named(
  fields: Fields,
  within: string,
  skip: (name: string) => boolean,
  levels = MOST_LEVELS,
): Generator<NamedValue> {
  for (const key in fields) {
    const name = within + key;
    if (skip(name)) continue;
    const value = fields[key];
    const isObject = value !== null && typeof value === 'object' && !Array.isArray(value);
    if (isObject && levels > 1) yield* named(value as Fields, `${name}.`, skip, levels - 1);
    else yield [name, value];
  }
}

function nested(fields: Fields, path: readonly string[]): unknown {
  let value: unknown = fields;
  for (const name of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Fields)[name];
  }
  return value;
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  // journald writes a message that isn't UTF-8 as a list of bytes.
  if (Array.isArray(value) && value.every((byte) => Number.isInteger(byte))) return Buffer.from(value).toString('utf8');
  return jsonText(value);
}

/** A value as JSON. What is nested too deeply for that, though not for reading it, is an ellipsis: one line must not end all. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return '…';
    throw error;
  }
}

function jsonFields(text: string): Fields | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Fields;
  } catch {
    return undefined;
  }
}

/** Pairs `key=value` or `key="value"` and bare keys; undefined when the line isn't made of them. */
function logfmtFields(text: string): Fields | undefined {
  const fields: Fields = Object.create(null);
  const pair = /\s*([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*)))?(?=\s|$)/y;
  const end = text.trimEnd().length;
  let pairs = 0;
  while (pair.lastIndex < end) {
    const found = pair.exec(text);
    if (!found) return undefined;
    const [, key, quoted, bare] = found;
    fields[key] = quoted?.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character)) ?? bare ?? 'true';
    if (quoted !== undefined || bare !== undefined) pairs++;
  }
  return pairs >= 2 ? fields : undefined;
}
