import { UsageError } from '../../error.js';
import { BytePattern, patternFault } from './bytePattern.js';
import type { Mask } from './masks.js';
import { ScannedContent } from './scannedContent.js';

/** A message while masks are put in place; each character knows which characters of the message it stands for. */
interface MaskedText {
  text: string;
  start: number[];
  end: number[];
  /** Whether a masked text begins here. */
  mark: boolean[];
}

/** Scans messages as a whole, so that masks can hold white space. */
export class TextScanner {
  readonly found = new ScannedContent();
  private readonly masks: { pattern: BytePattern; text: string }[];
  private readonly id: BytePattern | undefined;

  /** @throws UsageError when a pattern can't be compiled */
  constructor(
    masks: readonly Mask[],
    sessionId: string | undefined,
    private readonly delimiters: readonly string[] = [],
  ) {
    this.masks = masks.map(({ name, pattern }) => ({ pattern: compiled(pattern), text: `<${name}>` }));
    this.id = sessionId === undefined ? undefined : compiled(sessionId);
  }

  scan(bytes: Uint8Array, start: number, end: number): void {
    const { found } = this;
    found.clear();
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
    const position = bytePositions(text, start, end);
    if (this.id) {
      for (const [from, to] of matchesOf(this.id, text)) found.addId(position(from), position(to));
    }
    let masked: MaskedText = identity(text);
    for (const { pattern, text: by } of this.masks) masked = replaceAll(masked, matchesOf(pattern, masked.text), by);
    for (const delimiter of this.delimiters) masked = replaceAll(masked, placesOf(delimiter, masked.text), ' ');
    this.collect(masked, position);
  }

  private collect(masked: MaskedText, position: (index: number) => number): void {
    const { found } = this;
    const tokens: string[] = [];
    for (const token of masked.text.matchAll(/[^\t\n\v\f\r ]+/g)) {
      const last = token.index + token[0].length - 1;
      for (let i = token.index; i <= last; i++) {
        if (masked.mark[i]) found.addSpan(tokens.length, position(masked.start[i]), position(masked.end[i]));
      }
      found.addToken(position(masked.start[token.index]), position(masked.end[last]));
      tokens.push(token[0]);
    }
    const joined = Buffer.from(tokens.join(' '));
    found.reserve(joined.length);
    found.masked.set(joined);
    found.maskedLength = joined.length;
  }
}

function compiled(pattern: string): BytePattern {
  const found = BytePattern.compile(pattern);
  if (!found) throw new UsageError(`The pattern '${pattern}' can't be used: ${patternFault(pattern)}.`);
  return found;
}

/** Start and end of each match, in characters. */
function matchesOf(pattern: BytePattern, text: string): [number, number][] {
  const bytes = Buffer.from(text);
  const index = bytes.length === text.length ? (at: number) => at : indexOfBytes(text, bytes.length);
  const found: [number, number][] = [];
  for (
    let at = pattern.search(bytes, 0, bytes.length);
    at >= 0;
    at = pattern.search(bytes, pattern.end, bytes.length, bytes[pattern.end - 1])
  ) {
    found.push([index(at), index(pattern.end)]);
  }
  return found;
}

function placesOf(part: string, text: string): [number, number][] {
  const found: [number, number][] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) {
    found.push([at, at + part.length]);
  }
  return found;
}

function identity(text: string): MaskedText {
  const start = Array.from({ length: text.length }, (_, i) => i);
  return { text, start, end: start.map((i) => i + 1), mark: start.map(() => false) };
}

function replaceAll(masked: MaskedText, places: [number, number][], by: string): MaskedText {
  if (places.length === 0) return masked;
  const result: MaskedText = { text: '', start: [], end: [], mark: [] };
  let from = 0;
  for (const [at, close] of places) {
    keep(masked, from, at, result);
    from = close;
    for (let i = 0; i < by.length; i++) {
      result.start.push(masked.start[at]);
      result.end.push(masked.end[close - 1]);
      result.mark.push(i === 0);
    }
    result.text += by;
  }
  keep(masked, from, masked.text.length, result);
  return result;
}

function keep(masked: MaskedText, from: number, to: number, result: MaskedText): void {
  result.text += masked.text.slice(from, to);
  for (let i = from; i < to; i++) {
    result.start.push(masked.start[i]);
    result.end.push(masked.end[i]);
    result.mark.push(masked.mark[i]);
  }
}

/** Byte position in the line of a character of the message. */
export function bytePositions(text: string, start: number, end: number): (index: number) => number {
  if (text.length === end - start) return (index) => start + index;
  const positions = positionsOf(text);
  return (index) => start + positions[index];
}

/** Index of the character that begins at a byte. */
function indexOfBytes(text: string, byteLength: number): (at: number) => number {
  const indexes = new Int32Array(byteLength + 1);
  for (const [index, at] of positionsOf(text).entries()) indexes[at] = index;
  return (at) => indexes[at];
}

/** (characters + 1) byte position of each UTF-16 unit, and of the end. */
function positionsOf(text: string): Int32Array {
  const positions = new Int32Array(text.length + 1);
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    positions[i] = at;
    const code = text.charCodeAt(i);
    // Each half of a surrogate pair counts two of the four bytes.
    at += code < 0x80 ? 1 : code < 0x800 || (code & 0xf800) === 0xd800 ? 2 : 3;
  }
  positions[text.length] = at;
  return positions;
}
