import { BytePattern } from './bytePattern.js';
import type { Mask } from './masks.js';
import { ScannedContent } from './scannedContent.js';

/** Flags of a byte: white space, sign of a session id, and from `FIRST_MASK` on sign of a match of each mask. */
const SPACE = 1;
const ID = 2;
const FIRST_MASK = 4;
const MAX_MASKS = 28;

interface CompiledMask {
  pattern: BytePattern;
  flag: number;
  /** `<NAME>`, and the flags of its bytes: later masks see it. */
  text: Uint8Array;
  textFlags: number;
}

/** Scans messages byte by byte with automata. Masks and session ids can't hold white space here. */
export class ByteScanner {
  readonly found = new ScannedContent();
  private readonly flags: Int32Array;
  private readonly masks: CompiledMask[];
  /** Flags of all masks, and of session ids unless the first mask finds them. */
  private readonly wanted: number;
  /** Whether the first mask, which sees the message as it is, has the pattern of session ids. */
  private readonly firstIsId: boolean;
  private readonly spans: TokenSpans;

  private constructor(
    masks: { name: string; pattern: BytePattern }[],
    private readonly id: BytePattern | undefined,
    firstIsId: boolean,
  ) {
    this.flags = flagsOf(
      masks.map((mask) => mask.pattern),
      id,
    );
    this.masks = masks.map(({ name, pattern }, i) => {
      const text = Buffer.from(`<${name}>`);
      return { pattern, flag: FIRST_MASK << i, text, textFlags: text.reduce((all, byte) => all | this.flags[byte], 0) };
    });
    this.firstIsId = firstIsId;
    this.wanted = this.masks.reduce((all, mask) => all | mask.flag, id && !firstIsId ? ID : 0);
    this.spans = new TokenSpans(this.found);
  }

  /** Undefined when a pattern needs RegExp or may match white space. */
  static create(masks: readonly Mask[], sessionId: string | undefined): ByteScanner | undefined {
    const compiled = masks.map(({ name, pattern }) => ({ name, pattern: BytePattern.compile(pattern) }));
    const id = sessionId === undefined ? undefined : BytePattern.compile(sessionId);
    if (masks.length > MAX_MASKS || (sessionId !== undefined && unusable(id))) return undefined;
    if (compiled.some(({ pattern }) => unusable(pattern))) return undefined;
    const firstIsId = sessionId !== undefined && masks[0]?.pattern === sessionId;
    return new ByteScanner(compiled as { name: string; pattern: BytePattern }[], id, firstIsId);
  }

  scan(bytes: Uint8Array, start: number, end: number): void {
    const { found, flags: table, wanted } = this;
    found.clear();
    found.reserve(end - start + 1);
    let { masked } = found;
    let out = 0;
    let at = start;
    for (;;) {
      while (at < end && table[bytes[at]] & SPACE) at++;
      if (at >= end) break;
      if (out > 0) masked[out++] = 32;
      const tokenStart = at;
      const outStart = out;
      let flags = 0;
      do {
        const byte = bytes[at];
        const flag = table[byte];
        if (flag & SPACE) break;
        flags |= flag;
        masked[out++] = byte;
      } while (++at < end);
      if (flags & wanted) {
        if (flags & wanted & ID) this.findIds(bytes, tokenStart, at);
        found.maskedLength = out;
        this.mask(tokenStart, outStart, flags, end - at + 1);
        out = found.maskedLength;
        masked = found.masked;
      }
      found.addToken(tokenStart, at);
    }
    found.maskedLength = out;
  }

  private findIds(bytes: Uint8Array, start: number, end: number): void {
    const id = this.id as BytePattern;
    for (let at = id.search(bytes, start, end); at >= 0; at = id.search(bytes, id.end, end)) {
      this.found.addId(at, id.end);
    }
  }

  /**
   * Puts masks in place in the token that lies at the end of `found.masked`, from `outStart` on.
   * @param rawStart where the token begins in the line
   * @param room bytes that are still to come
   */
  private mask(rawStart: number, outStart: number, flags: number, room: number): void {
    const { found, spans } = this;
    let present = flags;
    spans.begin(rawStart, outStart);
    for (let i = 0; i < this.masks.length; i++) {
      const { pattern, flag, text, textFlags } = this.masks[i];
      if ((present & flag) === 0) continue;
      let at = pattern.search(found.masked, outStart, found.maskedLength);
      while (at >= 0) {
        present |= textFlags;
        spans.replace(at, pattern.end, text, room);
        if (i === 0 && this.firstIsId) spans.addLastAsId();
        at = pattern.search(found.masked, at + text.length, found.maskedLength);
      }
    }
    spans.end();
  }
}

/** The masked texts of one token while masks are put in place, and what they stand for in the line. */
class TokenSpans {
  private count = 0;
  /** Where the texts are in `found.masked`, and in the line. */
  private at = new Int32Array(64);
  private close = new Int32Array(64);
  private rawStart = new Int32Array(64);
  private rawEnd = new Int32Array(64);
  /** 0: what is left of a text that has lost its beginning to a later mask. */
  private whole = new Int32Array(64);
  private last = 0;
  private rawTokenStart = 0;
  private tokenStart = 0;

  constructor(private readonly found: ScannedContent) {}

  begin(rawStart: number, start: number): void {
    this.count = 0;
    this.rawTokenStart = rawStart;
    this.tokenStart = start;
  }

  /** Puts `text` in the place of `found.masked[at, close)`. */
  replace(at: number, close: number, text: Uint8Array, room: number): void {
    const shift = text.length - (close - at);
    const { count } = this;
    this.shiftTail(close, shift, room);
    const { masked } = this.found;
    for (let i = 0; i < text.length; i++) masked[at + i] = text[i];
    if (count === 0 || at >= this.close[count - 1]) this.append(at, close, text.length);
    else this.insert(at, close, text.length, shift);
  }

  /** What was replaced last is a session id as well. */
  addLastAsId(): void {
    this.found.addId(this.rawStart[this.last], this.rawEnd[this.last]);
  }

  /** Hands the spans over to `found`. */
  end(): void {
    const { found } = this;
    for (let i = 0; i < this.count; i++) {
      if (this.whole[i]) found.addSpan(found.tokens, this.rawStart[i], this.rawEnd[i]);
    }
  }

  /** Position in the line of a position in the masked token; within a masked text it is the start or the end of that. */
  private rawOf(position: number, end: boolean): number {
    for (let i = this.count - 1; i >= 0; i--) {
      if (position >= this.close[i]) return this.rawEnd[i] + position - this.close[i];
      if (end && position > this.at[i]) return this.rawEnd[i];
      if (!end && position >= this.at[i]) return this.rawStart[i];
    }
    return this.rawTokenStart + position - this.tokenStart;
  }

  private shiftTail(from: number, shift: number, room: number): void {
    const { found } = this;
    const { maskedLength } = found;
    found.reserve(maskedLength + Math.max(shift, 0) + room);
    if (from < maskedLength && shift !== 0) found.masked.copyWithin(from + shift, from, maskedLength);
    found.maskedLength = maskedLength + shift;
  }

  /** Nearly always a span comes after all others. */
  private append(at: number, close: number, length: number): void {
    const last = this.count - 1;
    const toRaw = last < 0 ? this.rawTokenStart - this.tokenStart : this.rawEnd[last] - this.close[last];
    if (this.count === this.at.length) this.grow();
    this.last = this.count++;
    this.set(this.last, at, at + length, at + toRaw, close + toRaw, 1);
  }

  private insert(at: number, close: number, length: number, shift: number): void {
    const rawStart = this.rawOf(at, false);
    const rawEnd = this.rawOf(close, true);
    this.last = this.makePlace(at, close, shift);
    this.set(this.last, at, at + length, rawStart, rawEnd, 1);
  }

  /**
   * Makes place for a span in the order of positions and returns its index. Spans that it covers go; of those that it
   * covers in part the rest stays, though what has lost its beginning counts no longer as a masked text.
   */
  private makePlace(at: number, close: number, shift: number): number {
    let kept = 0;
    while (kept < this.count && this.close[kept] <= at) kept++;
    let next = kept;
    while (next < this.count && this.at[next] < close) next++;
    const left = next > kept && this.at[kept] < at ? 1 : 0;
    const right = next > kept && this.close[next - 1] > close ? 1 : 0;
    const rest = { close: this.close[next - 1], rawStart: this.rawStart[next - 1], rawEnd: this.rawEnd[next - 1] };
    this.move(next, kept + left + 1 + right, shift);
    if (left) this.close[kept] = at;
    if (right) this.set(kept + left + 1, close + shift, rest.close + shift, rest.rawStart, rest.rawEnd, 0);
    return kept + left;
  }

  /** Moves the spans from `from` on to `to`, and their positions by `shift`. */
  private move(from: number, to: number, shift: number): void {
    const count = this.count - from;
    this.count = to + count;
    if (this.count > this.at.length) this.grow();
    if (count === 0) return;
    for (const array of [this.at, this.close, this.rawStart, this.rawEnd, this.whole]) {
      array.copyWithin(to, from, from + count);
    }
    for (let i = to; i < to + count; i++) {
      this.at[i] += shift;
      this.close[i] += shift;
    }
  }

  private set(i: number, at: number, close: number, rawStart: number, rawEnd: number, whole: number): void {
    this.at[i] = at;
    this.close[i] = close;
    this.rawStart[i] = rawStart;
    this.rawEnd[i] = rawEnd;
    this.whole[i] = whole;
  }

  private grow(): void {
    for (const key of ['at', 'close', 'rawStart', 'rawEnd', 'whole'] as const) {
      const grown = new Int32Array(this[key].length * 2);
      grown.set(this[key]);
      this[key] = grown;
    }
  }
}

function unusable(pattern: BytePattern | undefined): boolean {
  return pattern === undefined || pattern.spansWhitespace;
}

/** A byte that is in every match is a rarer sign of one than a byte that may begin it. */
function flagsOf(masks: BytePattern[], id: BytePattern | undefined): Int32Array {
  const flags = new Int32Array(256);
  for (const byte of [9, 10, 11, 12, 13, 32]) flags[byte] |= SPACE;
  for (const byte of id?.signs ?? []) flags[byte] |= ID;
  for (const [i, mask] of masks.entries()) for (const byte of mask.signs) flags[byte] |= FIRST_MASK << i;
  return flags;
}
