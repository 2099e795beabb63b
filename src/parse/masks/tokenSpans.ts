import type { ScannedContent } from './scannedContent.js';

/** The masked texts of one token while masks are put in place, and what they stand for in the line. */
export class TokenSpans {
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

  /**
   * Hands the spans over to `found` and adds the token's parts between bytes that have one of `flags` in `table`;
   * those bytes are taken out, and with all of a token the space before it.
   */
  endParted(table: Int32Array, flags: number): void {
    const { found, tokenStart } = this;
    const { masked, maskedLength: end } = found;
    let out = tokenStart;
    for (let at = tokenStart; at < end; at++) {
      if (table[masked[at]] & flags) continue;
      if (out > tokenStart) masked[out++] = 32;
      const from = at;
      while (at < end && (table[masked[at]] & flags) === 0) masked[out++] = masked[at++];
      for (let i = 0; i < this.count; i++) {
        if (this.whole[i] && this.at[i] >= from && this.at[i] < at) {
          found.addSpan(found.tokens, this.rawStart[i], this.rawEnd[i]);
        }
      }
      found.addToken(this.rawOf(from, false), this.rawOf(at, true));
    }
    found.maskedLength = out === tokenStart ? Math.max(0, out - 1) : out;
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
