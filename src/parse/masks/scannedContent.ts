/**
 * What a content scanner finds in one message; the arrays are reused from line to line. All `*Start` and `*End`
 * values but those of `masked` are byte positions in the scanned line.
 */
export class ScannedContent {
  /** The message with masks in place, its tokens joined by single spaces, UTF-8. */
  masked = new Uint8Array(4096);
  /** `masked` read as 32-bit words. */
  words = new Int32Array(this.masked.buffer);
  maskedLength = 0;
  tokens = 0;
  tokenStart = new Int32Array(512);
  tokenEnd = new Int32Array(512);
  /** Masked texts, in order: the token that each is in, and the bytes that it stands for. */
  spans = 0;
  spanToken = new Int32Array(256);
  spanStart = new Int32Array(256);
  spanEnd = new Int32Array(256);
  /** Session ids, in order of appearance, repetitions included. */
  ids = 0;
  idStart = new Int32Array(64);
  idEnd = new Int32Array(64);

  clear(): void {
    this.maskedLength = 0;
    this.tokens = 0;
    this.spans = 0;
    this.ids = 0;
  }

  /** Makes room for `bytes` masked bytes in all. */
  reserve(bytes: number): void {
    if (bytes > this.masked.length) {
      const grown = new Uint8Array((Math.max(bytes, this.masked.length * 2) + 3) & ~3);
      grown.set(this.masked.subarray(0, this.maskedLength));
      this.masked = grown;
      this.words = new Int32Array(grown.buffer);
    }
  }

  addToken(start: number, end: number): void {
    if (this.tokens === this.tokenStart.length) {
      this.tokenStart = grow(this.tokenStart);
      this.tokenEnd = grow(this.tokenEnd);
    }
    this.tokenStart[this.tokens] = start;
    this.tokenEnd[this.tokens++] = end;
  }

  addSpan(token: number, start: number, end: number): void {
    if (this.spans === this.spanToken.length) {
      this.spanToken = grow(this.spanToken);
      this.spanStart = grow(this.spanStart);
      this.spanEnd = grow(this.spanEnd);
    }
    this.spanToken[this.spans] = token;
    this.spanStart[this.spans] = start;
    this.spanEnd[this.spans++] = end;
  }

  addId(start: number, end: number): void {
    if (this.ids === this.idStart.length) {
      this.idStart = grow(this.idStart);
      this.idEnd = grow(this.idEnd);
    }
    this.idStart[this.ids] = start;
    this.idEnd[this.ids++] = end;
  }

  /** The tokens that Drain sees. */
  maskedTokens(): string[] {
    return this.maskedLength === 0 ? [] : this.maskedText().split(' ');
  }

  /** These tokens with single spaces between them. */
  maskedText(): string {
    return Buffer.from(this.masked.buffer, 0, this.maskedLength).toString('utf8');
  }
}

function grow(array: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(array.length * 2);
  grown.set(array);
  return grown;
}
