import { BytePattern } from '../masks/bytePattern.js';
import type { Format, LineLayout } from './formats.js';
import { literalBytes, literalEnd } from './literal.js';
import { TimeRule } from './timeRule.js';

/** What a field may be that says nothing of itself: any text. */
const ANY = '[^\\n]+';

/** One field of a layout and the literal text that ends it. */
class Field {
  private compiled: BytePattern | undefined;

  constructor(
    readonly name: string,
    private readonly source: string,
    readonly literal: Uint8Array,
  ) {}

  /** Compiled when a line comes that far: detection tries many layouts, of which most fail early. */
  get pattern(): BytePattern {
    this.compiled ??= compiledOnce(this.source);
    return this.compiled;
  }
}

const compiledPatterns = new Map<string, BytePattern>();

/** Formats have many patterns in common. */
function compiledOnce(source: string): BytePattern {
  const known = compiledPatterns.get(source) ?? BytePattern.compileWhole(source);
  if (!known) throw new Error(`the pattern of a field can't be compiled: ${source}`);
  compiledPatterns.set(source, known);
  return known;
}

/**
 * The header of a log line, found by scanning for the literals of a layout. A field ends where the literal after it
 * first occurs; without a literal it is as long as its pattern allows. After `scan` the bounds of each field are in `starts` and `ends`, those of Content in `contentStart`.
 */
export class Layout {
  /** Of the fields, in their order, without Content. */
  readonly names: readonly string[];
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  contentStart = 0;
  readonly lead: Uint8Array;
  readonly fields: readonly Field[];
  readonly timeRule: TimeRule | undefined;

  /** @throws Error when the layout or the format's own data is wrong */
  constructor({ layout, time }: LineLayout, format: Pick<Format, 'fields' | 'time' | 'year'>) {
    const { lead, fields } = compileLayout(layout, format.fields);
    this.lead = lead;
    this.fields = fields;
    this.names = fields.map(({ name }) => name);
    this.starts = new Int32Array(fields.length);
    this.ends = new Int32Array(fields.length);
    const timeFields = time ?? format.time;
    // A layout of the format may lack the fields of its time.
    if (timeFields?.fields.every((name) => this.names.includes(name))) {
      this.timeRule = new TimeRule(timeFields, (name) => this.indexOf(name), format.year);
    }
  }

  /** Index of a field in `starts` and `ends`; -1 when the layout has none of this name. */
  indexOf(name: string): number {
    return this.names.indexOf(name);
  }

  /** Whether the time of a line depends on the lines before it. */
  get ordered(): boolean {
    return this.timeRule?.ordered ?? false;
  }

  /** Whether the line `bytes[start, end)` has this layout. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    let at = literalEnd(this.lead, bytes, start, end);
    if (at < 0) return false;
    const { fields, starts, ends } = this;
    for (let i = 0; i < fields.length; i++) {
      const { literal, pattern } = fields[i];
      const close =
        literal.length > 0 ? pattern.matchUntil(literal, bytes, at, end) : pattern.matchLongest(bytes, at, end);
      if (close < 0) return false;
      starts[i] = at;
      ends[i] = close;
      at = pattern.end;
    }
    this.contentStart = at;
    return true;
  }

  /** Time of the line scanned last, in milliseconds since 1970-01-01 UTC; NaN when it gives none. */
  time(bytes: Uint8Array): number {
    return this.timeRule ? this.timeRule.read(bytes, this) : Number.NaN;
  }
}

function compileLayout(layout: string, patterns: Format['fields']): { lead: Uint8Array; fields: Field[] } {
  const pieces = layout.split(/<(\w+)>/);
  const names = pieces.filter((_, i) => i % 2 === 1);
  const literals = pieces.filter((_, i) => i % 2 === 0);
  if (names[names.length - 1] !== 'Content' || literals[names.length] !== '') {
    throw new Error(`layout '${layout}' doesn't end with <Content>`);
  }
  const fields = names
    .slice(0, -1)
    .map((name, i) => new Field(name, patterns[name] ?? ANY, literalBytes(literals[i + 1])));
  return { lead: literalBytes(literals[0]), fields };
}
