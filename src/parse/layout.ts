import { BytePattern, startsWith } from './bytePattern.js';
import type { Format } from './formats.js';
import { TimeRule } from './timeRule.js';

/** One field of a layout and the literal text that ends it. */
interface Field {
  name: string;
  pattern: BytePattern;
  literal: Uint8Array;
}

/**
 * The header of a log line, found by scanning for the literals of a layout. A field ends where the literal after it
 * first occurs. After `scan` the bounds of each field are in `starts` and `ends`, those of Content in `contentStart`.
 */
export class Layout {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  contentStart = 0;
  private readonly lead: Uint8Array;
  private readonly fields: Field[];
  private readonly timeRule: TimeRule;

  /** @throws Error when the format's own data is wrong */
  constructor(format: Format) {
    const { lead, fields } = compileLayout(format);
    this.lead = lead;
    this.fields = fields;
    this.starts = new Int32Array(fields.length);
    this.ends = new Int32Array(fields.length);
    this.timeRule = new TimeRule(
      format.time.pattern,
      format.time.fields.map((name) => this.indexOf(name)),
    );
  }

  /** Index of a field in `starts` and `ends`; -1 when the layout has none of this name. */
  indexOf(name: string): number {
    return this.fields.findIndex((field) => field.name === name);
  }

  /** Whether the line `bytes[start, end)` has this layout. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    if (!startsWith(bytes, start, end, this.lead)) return false;
    let at = start + this.lead.length;
    for (let i = 0; i < this.fields.length; i++) {
      const { literal, pattern } = this.fields[i];
      const close = pattern.matchUntil(literal, bytes, at, end);
      if (close < 0) return false;
      this.starts[i] = at;
      this.ends[i] = close;
      at = close + literal.length;
    }
    this.contentStart = at;
    return true;
  }

  /** Time of the line scanned last, in milliseconds since 1970-01-01 UTC; NaN when its digits aren't a time. */
  time(bytes: Uint8Array): number {
    return this.timeRule.read(bytes, this);
  }
}

function compileLayout({ layout, fields: patterns }: Format): { lead: Uint8Array; fields: Field[] } {
  const pieces = layout.split(/<(\w+)>/);
  const names = pieces.filter((_, i) => i % 2 === 1);
  const literals = pieces.filter((_, i) => i % 2 === 0);
  if (names[names.length - 1] !== 'Content' || literals[names.length] !== '') {
    throw new Error(`layout '${layout}' doesn't end with <Content>`);
  }
  const fields = names.slice(0, -1).map((name, i) => compileField(name, patterns[name], literals[i + 1]));
  return { lead: Buffer.from(literals[0]), fields };
}

function compileField(name: string, pattern: string | undefined, literal: string): Field {
  const compiled = pattern === undefined ? undefined : BytePattern.compileWhole(pattern);
  if (!compiled || literal === '')
    throw new Error(`field <${name}> of the layout needs a pattern and a literal after it`);
  return { name, pattern: compiled, literal: Buffer.from(literal) };
}
