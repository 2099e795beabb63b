import type { BytePattern } from './bytePattern.js';
import type { ScannedContent } from './scannedContent.js';

/** What a shape has to know of a mask. */
export interface ShapeMask {
  pattern: BytePattern;
  /** Whether its matches are session ids. */
  isId: boolean;
}

/**
 * Messages that differ in nothing but what a few masks hide: literal text and masks in turn. Following a shape finds
 * in one pass what scanning, hashing and looking up would find; it's taken only where that is provable.
 */
export class Shape {
  private constructor(
    /** Literal texts, one after the other, and where each ends. Literal i is followed by mask i, but for the last. */
    private readonly text: Uint8Array,
    private readonly ends: Int32Array,
    private readonly masks: ShapeMask[],
    private readonly spanTokens: Int32Array,
    private readonly tokens: number,
    /** Tokens whose bounds are wanted. */
    private readonly wanted: TokenPlace[],
    private readonly starts: Int32Array,
    private readonly closes: Int32Array,
  ) {}

  /**
   * The shape of a message that has just been scanned. Undefined when another message of this shape might be masked
   * differently: masks that meet in a token, white space other than single blanks.
   *
   * @param bytes the message is `bytes[start, end)`
   * @param masks in the order in which they are applied
   * @param wanted a flag for each token whose bounds `follow` has to give
   */
  static of(
    found: ScannedContent,
    bytes: Uint8Array,
    start: number,
    end: number,
    masks: readonly ShapeMask[],
    wanted: Uint8Array,
  ): Shape | undefined {
    if (!isPlainlySpaced(found, bytes, start, end)) return undefined;
    for (let span = 0; span < found.spans; span++) if (!isAlone(found, bytes, span, masks)) return undefined;
    const spans = [...Array(found.spans).keys()];
    const pieces = [...spans, found.spans].map((i) =>
      bytes.subarray(i === 0 ? start : found.spanEnd[i - 1], i === found.spans ? end : found.spanStart[i]),
    );
    const ends = new Int32Array(pieces.length);
    pieces.reduce((sum, piece, i) => {
      ends[i] = sum + piece.length;
      return ends[i];
    }, 0);
    return new Shape(
      Buffer.concat(pieces),
      ends,
      spans.map((i) => masks[found.spanMask[i]]),
      found.spanToken.slice(0, found.spans),
      found.tokens,
      [...Array(found.tokens).keys()].filter((token) => wanted[token]).map((token) => placeOf(found, token, start)),
      new Int32Array(found.spans),
      new Int32Array(found.spans),
    );
  }

  /**
   * Whether the message `bytes[start, end)` has this shape. If so, `found` is as if it had been scanned, except that
   * only the wanted tokens have bounds, and `masked` is left out.
   */
  follow(bytes: Uint8Array, start: number, end: number, found: ScannedContent): boolean {
    const { text, ends, masks, starts, closes } = this;
    const last = ends.length - 1;
    let at = start;
    let from = 0;
    for (let i = 0; ; i++) {
      const to = ends[i];
      if (at + to - from > end) return false;
      for (; from < to; from++, at++) if (text[from] !== bytes[at]) return false;
      if (i === last) break;
      const close = masks[i].pattern.matchAt(bytes, at, end);
      if (close < 0) return false;
      starts[i] = at;
      closes[i] = close;
      at = close;
    }
    if (at !== end) return false;
    this.report(start, found);
    return true;
  }

  private report(start: number, found: ScannedContent): void {
    const { masks, starts, closes, spanTokens, wanted } = this;
    found.clear();
    for (let i = 0; i < masks.length; i++) {
      found.addSpan(spanTokens[i], starts[i], closes[i], 0);
      if (masks[i].isId) found.addId(starts[i], closes[i]);
    }
    found.tokens = this.tokens;
    for (let i = 0; i < wanted.length; i++) {
      const { token, startSpan, startBy, endSpan, endBy } = wanted[i];
      found.tokenStart[token] = (startSpan < 0 ? start : closes[startSpan]) + startBy;
      found.tokenEnd[token] = (endSpan < 0 ? start : closes[endSpan]) + endBy;
    }
  }
}

/** Bounds of a token, counted from the end of the span before each (-1: from the start of the message). */
interface TokenPlace {
  token: number;
  startSpan: number;
  startBy: number;
  endSpan: number;
  endBy: number;
}

function placeOf(found: ScannedContent, token: number, start: number): TokenPlace {
  const [startSpan, startBy] = fromSpan(found, found.tokenStart[token], start);
  const [endSpan, endBy] = fromSpan(found, found.tokenEnd[token], start);
  return { token, startSpan, startBy, endSpan, endBy };
}

function fromSpan(found: ScannedContent, position: number, start: number): [number, number] {
  const span = found.spanEnd.subarray(0, found.spans).findLastIndex((end) => end <= position);
  return [span, position - (span < 0 ? start : found.spanEnd[span])];
}

function isPlainlySpaced(
  { tokens, tokenStart, tokenEnd }: ScannedContent,
  bytes: Uint8Array,
  start: number,
  end: number,
) {
  let at = start;
  for (let token = 0; token < tokens; token++) {
    if (tokenStart[token] !== at || (token > 0 && bytes[at - 1] !== 32)) return false;
    at = tokenEnd[token] + 1;
  }
  return tokens > 0 && at - 1 === end;
}

/**
 * Whether the span's mask is the only one that can match in a token of this form, and can match only there: no other
 * span, no beginning of a match before it, and for each earlier mask a byte that its matches have and the token hasn't.
 * What later masks make of the token depends on the masked text alone.
 */
function isAlone(found: ScannedContent, bytes: Uint8Array, span: number, masks: readonly ShapeMask[]): boolean {
  const token = found.spanToken[span];
  if (token === found.spanToken[span - 1] || (span + 1 < found.spans && token === found.spanToken[span + 1]))
    return false;
  const number = found.spanMask[span];
  const { pattern } = masks[number];
  const before = bytes.subarray(found.tokenStart[token], found.spanStart[span]);
  const after = bytes.subarray(found.spanEnd[span], found.tokenEnd[token]);
  if (before.some((byte) => pattern.begins(byte))) return false;
  const present = new Set([...before, ...after, ...pattern.alphabet()]);
  return masks.slice(0, number).every((earlier) => !earlier.pattern.signs().some((byte) => present.has(byte)));
}
