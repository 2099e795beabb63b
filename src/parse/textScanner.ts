import { type Mask, regExpOf } from './masks.js';
import { ScannedContent } from './scannedContent.js';

/** A message while masks are put in place; each character knows which characters of the message it stands for. */
interface MaskedText {
  text: string;
  start: number[];
  end: number[];
  /** Whether a masked text begins here. */
  mark: boolean[];
}

/** Scans messages as text, with any regular expression. */
export class TextScanner {
  readonly found = new ScannedContent();
  private readonly masks: { expression: RegExp; text: string }[];
  private readonly id: RegExp | undefined;

  constructor(
    masks: readonly Mask[],
    sessionId: string | undefined,
    private readonly delimiters: readonly string[] = [],
  ) {
    this.masks = masks.map(({ name, pattern }) => ({ expression: regExpOf(pattern), text: `<${name}>` }));
    this.id = sessionId === undefined ? undefined : regExpOf(sessionId);
  }

  scan(bytes: Uint8Array, start: number, end: number): void {
    const { found } = this;
    found.clear();
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
    const position = bytePositions(text, start, end);
    if (this.id) {
      for (const match of text.matchAll(this.id)) {
        found.addId(position(match.index), position(match.index + match[0].length));
      }
    }
    let masked: MaskedText = identity(text);
    for (const mask of this.masks) masked = replaceAll(masked, mask.expression, mask.text);
    for (const delimiter of this.delimiters) masked = replaceAll(masked, literal(delimiter), ' ');
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

function literal(text: string): RegExp {
  return new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'g');
}

function identity(text: string): MaskedText {
  const start = Array.from({ length: text.length }, (_, i) => i);
  return { text, start, end: start.map((i) => i + 1), mark: start.map(() => false) };
}

function replaceAll(masked: MaskedText, expression: RegExp, by: string): MaskedText {
  const matches = [...masked.text.matchAll(expression)].filter((match) => match[0] !== '');
  if (matches.length === 0) return masked;
  const result: MaskedText = { text: '', start: [], end: [], mark: [] };
  let from = 0;
  for (const { index, 0: match } of matches) {
    keep(masked, from, index, result);
    from = index + match.length;
    for (let i = 0; i < by.length; i++) {
      result.start.push(masked.start[index]);
      result.end.push(masked.end[from - 1]);
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
  const positions = new Int32Array(text.length + 1);
  let at = start;
  for (let i = 0; i < text.length; i++) {
    positions[i] = at;
    const code = text.charCodeAt(i);
    // Each half of a surrogate pair counts two of the four bytes.
    at += code < 0x80 ? 1 : code < 0x800 || (code & 0xf800) === 0xd800 ? 2 : 3;
  }
  positions[text.length] = at;
  return (index) => positions[index];
}
