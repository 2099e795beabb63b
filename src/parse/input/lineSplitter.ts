import { isAscii, isUtf8 } from 'node:buffer';

const LF = 10;
const CR = 13;
/** Most bytes of an overlong line that are kept. */
const KEPT = 512;
/** What may come on top of a line that is held: a byte-order mark and the CR of its end. */
const MARGIN = 4;

/** Receives lines. Positions are without the line's end. */
export interface LineSink {
  /** Called before the lines of a chunk, whose memory holds until the next one. */
  chunk?(chunk: Buffer): void;
  /**
   * A line as valid UTF-8: other bytes are replaced by U+FFFD.
   * @param offset of the line's first byte in the stream
   * @param number 1-based
   */
  line(bytes: Buffer, start: number, end: number, offset: number, number: number): void;
  /** A line of more than `maxLineBytes`; `head` is how it begins, `length` its bytes without the line's end. */
  overlong(head: Buffer, length: number, offset: number, number: number): void;
}

/**
 * Cuts a stream of chunks into lines. LF and CRLF end a line; a byte-order mark at the very beginning belongs to no
 * line. Of a line that spans chunks no more than `maxLineBytes` are held.
 */
export class LineSplitter {
  /** Lines so far. */
  lines = 0;
  private offset = 0;
  private started = false;
  /** The beginning of a line whose end hasn't come yet, and how long it is in all. */
  private held: Buffer;
  private heldBytes = 0;
  private heldLength = 0;
  private heldOffset = 0;
  private lastByte = 0;
  private readonly headBytes: number;
  /** Whether all that is at hand is ASCII; asked once a chunk, which is faster than once a line. */
  private ascii = true;

  constructor(
    private readonly sink: LineSink,
    private readonly maxLineBytes: number,
  ) {
    this.headBytes = Math.min(KEPT, maxLineBytes);
    this.held = Buffer.allocUnsafe(Math.min(maxLineBytes + MARGIN, 1 << 12));
  }

  push(chunk: Buffer): void {
    this.sink.chunk?.(chunk);
    const ascii = isAscii(chunk);
    let from = 0;
    this.ascii &&= ascii;
    if (this.heldLength > 0 || !this.started) from = this.continueLine(chunk);
    this.ascii = ascii;
    while (from < chunk.length) {
      const end = chunk.indexOf(LF, from);
      if (end < 0) break;
      this.emit(chunk, from, end, this.offset + from);
      from = end + 1;
    }
    if (from < chunk.length) this.hold(chunk, from, chunk.length, this.offset + from);
    this.offset += chunk.length;
  }

  /** Emits a last line that has no end. */
  finish(): void {
    if (!this.started) this.skipMark();
    if (this.heldLength > 0) this.emitHeld();
  }

  /** Completes what an earlier chunk began. Returns where the next line begins. */
  private continueLine(chunk: Buffer): number {
    const end = chunk.indexOf(LF);
    this.hold(chunk, 0, end < 0 ? chunk.length : end, this.offset);
    if (!this.started && (this.heldLength >= 3 || end >= 0)) this.skipMark();
    if (end < 0) return chunk.length;
    this.emitHeld();
    return end + 1;
  }

  private skipMark(): void {
    this.started = true;
    const { held } = this;
    if (this.heldBytes < 3 || held[0] !== 0xef || held[1] !== 0xbb || held[2] !== 0xbf) return;
    held.copy(held, 0, 3, this.heldBytes);
    this.heldBytes -= 3;
    this.heldLength -= 3;
    this.heldOffset += 3;
  }

  private hold(chunk: Buffer, start: number, end: number, offset: number): void {
    if (this.heldLength === 0) this.heldOffset = offset;
    this.heldLength += end - start;
    if (end > start) this.lastByte = chunk[end - 1];
    const kept = Math.min(end - start, this.maxLineBytes + MARGIN - this.heldBytes);
    if (kept <= 0) return;
    if (this.heldBytes + kept > this.held.length) this.grow(this.heldBytes + kept);
    chunk.copy(this.held, this.heldBytes, start, start + kept);
    this.heldBytes += kept;
  }

  private grow(bytes: number): void {
    const grown = Buffer.allocUnsafe(Math.min(Math.max(bytes, this.held.length * 2), this.maxLineBytes + MARGIN));
    this.held.copy(grown, 0, 0, this.heldBytes);
    this.held = grown;
  }

  private emitHeld(): void {
    const { heldBytes, heldLength, heldOffset } = this;
    this.heldBytes = 0;
    this.heldLength = 0;
    if (heldBytes === heldLength) {
      this.emit(this.held, 0, heldBytes, heldOffset);
    } else {
      const length = this.lastByte === CR ? heldLength - 1 : heldLength;
      this.sink.overlong(this.held.subarray(0, this.headBytes), length, heldOffset, ++this.lines);
    }
  }

  private emit(bytes: Buffer, start: number, lineEnd: number, offset: number): void {
    const end = lineEnd > start && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    this.lines++;
    if (end - start > this.maxLineBytes) {
      this.sink.overlong(bytes.subarray(start, start + this.headBytes), end - start, offset, this.lines);
    } else if (this.ascii || isUtf8(bytes.subarray(start, end))) {
      this.sink.line(bytes, start, end, offset, this.lines);
    } else {
      const mended = Buffer.from(bytes.toString('utf8', start, end));
      this.sink.line(mended, 0, mended.length, offset, this.lines);
    }
  }
}
