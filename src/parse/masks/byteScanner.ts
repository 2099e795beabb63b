import { BytePattern } from './bytePattern.js';
import type { Mask } from './masks.js';
import { ScannedContent } from './scannedContent.js';
import { TokenSpans } from './tokenSpans.js';

/** Flags of a byte: white space, sign of a session id, delimiter, and from `FIRST_MASK` on sign of a match of each mask. */
const SPACE = 1;
const ID = 2;
const DELIMITER = 4;
const FIRST_MASK = 8;
const MAX_MASKS = 27;

interface CompiledMask {
  pattern: BytePattern;
  flag: number;
  /** `<NAME>`, and the flags of its bytes: later masks see it. */
  text: Uint8Array;
  textFlags: number;
}

/** Scans messages token by token. Masks and session ids can't hold white space here, or tell it from the edge of a text. */
export class ByteScanner {
  readonly found = new ScannedContent();
  readonly flags: Int32Array;
  readonly masks: readonly CompiledMask[];
  /** Flags of all masks and delimiters, and of session ids unless the first mask finds them. */
  readonly wanted: number;
  /** Whether the first mask, which sees the message as it is, has the pattern of session ids. */
  readonly firstIsId: boolean;
  private readonly spans: TokenSpans;

  private constructor(
    masks: { name: string; pattern: BytePattern }[],
    readonly id: BytePattern | undefined,
    firstIsId: boolean,
    delimiters: readonly string[],
  ) {
    this.flags = flagsOf(
      masks.map((mask) => mask.pattern),
      id,
      delimiters,
    );
    this.masks = masks.map(({ name, pattern }, i) => {
      const text = Buffer.from(`<${name}>`);
      return { pattern, flag: FIRST_MASK << i, text, textFlags: text.reduce((all, byte) => all | this.flags[byte], 0) };
    });
    this.firstIsId = firstIsId;
    this.wanted = this.masks.reduce((all, mask) => all | mask.flag, DELIMITER | (id && !firstIsId ? ID : 0));
    this.spans = new TokenSpans(this.found);
  }

  /** Undefined when a pattern may match white space or tells it from the edge of the message, or a delimiter isn't one byte. */
  static create(
    masks: readonly Mask[],
    sessionId: string | undefined,
    delimiters: readonly string[] = [],
  ): ByteScanner | undefined {
    if (delimiters.some((delimiter) => !/^[\x21-\x7e]$/.test(delimiter))) return undefined;
    const compiled = masks.map(({ name, pattern }) => ({ name, pattern: BytePattern.compile(pattern) }));
    const id = sessionId === undefined ? undefined : BytePattern.compile(sessionId);
    if (masks.length > MAX_MASKS || (sessionId !== undefined && unusable(id))) return undefined;
    if (compiled.some(({ pattern }) => unusable(pattern))) return undefined;
    const firstIsId = sessionId !== undefined && masks[0]?.pattern === sessionId;
    return new ByteScanner(compiled as { name: string; pattern: BytePattern }[], id, firstIsId, delimiters);
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
      if ((flags & wanted) === 0) {
        found.addToken(tokenStart, at);
        continue;
      }
      if (flags & wanted & ID) this.findIds(bytes, tokenStart, at);
      found.maskedLength = out;
      const present = this.mask(tokenStart, outStart, flags, end - at + 1);
      if (present & DELIMITER) {
        this.spans.endParted(table, DELIMITER);
      } else {
        this.spans.end();
        found.addToken(tokenStart, at);
      }
      out = found.maskedLength;
      masked = found.masked;
    }
    found.maskedLength = out;
  }

  private findIds(bytes: Uint8Array, start: number, end: number): void {
    const id = this.id as BytePattern;
    for (let at = id.search(bytes, start, end); at >= 0; at = id.search(bytes, id.end, end, bytes[id.end - 1])) {
      this.found.addId(at, id.end);
    }
  }

  /**
   * Puts masks in place in the token that lies at the end of `found.masked`, from `outStart` on.
   * @param rawStart where the token begins in the line
   * @param room bytes that are still to come
   * @returns the flags of what the token's bytes are now, and were
   */
  private mask(rawStart: number, outStart: number, flags: number, room: number): number {
    const { found, spans } = this;
    let present = flags;
    spans.begin(rawStart, outStart);
    for (let i = 0; i < this.masks.length; i++) {
      const { pattern, flag, text, textFlags } = this.masks[i];
      if ((present & flag) === 0) continue;
      let at = pattern.search(found.masked, outStart, found.maskedLength);
      while (at >= 0) {
        present |= textFlags;
        const before = found.masked[pattern.end - 1];
        spans.replace(at, pattern.end, text, room);
        if (i === 0 && this.firstIsId) spans.addLastAsId();
        at = pattern.search(found.masked, at + text.length, found.maskedLength, before);
      }
    }
    return present;
  }
}

function unusable(pattern: BytePattern | undefined): boolean {
  return pattern === undefined || pattern.spansWhitespace || !pattern.seesSpaceAsEdge;
}

/** A byte that is in every match is a rarer sign of one than a byte that may begin it. */
function flagsOf(masks: BytePattern[], id: BytePattern | undefined, delimiters: readonly string[]): Int32Array {
  const flags = new Int32Array(256);
  for (const byte of [9, 10, 11, 12, 13, 32]) flags[byte] |= SPACE;
  for (const byte of id?.signs ?? []) flags[byte] |= ID;
  for (const delimiter of delimiters) flags[delimiter.charCodeAt(0)] |= DELIMITER;
  for (const [i, mask] of masks.entries()) for (const byte of mask.signs) flags[byte] |= FIRST_MASK << i;
  return flags;
}
