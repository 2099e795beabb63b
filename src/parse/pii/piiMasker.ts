import { BytePattern } from '../masks/bytePattern.js';
import { DETECTORS, type Detector, type PiiKind } from './detectors.js';

const LF = 10;
/** Bytes after a value that a detector may look at. */
const AFTER = 40;
/** A line that is longer is masked piece by piece, cut at white space. */
const MAX_PIECE = 1 << 20;

interface Compiled extends Pick<Detector, 'kind' | 'accept'> {
  key: BytePattern | undefined;
  value: BytePattern;
  flag: number;
}

interface Span {
  start: number;
  end: number;
  kind: PiiKind;
}

/** Replaces personal data and secrets in lines of UTF-8 by `<KIND>`. What it leaves is found by no detector. */
export class PiiMasker {
  /** Values masked so far. */
  readonly counts: Record<PiiKind, number> = { SECRET: 0, EMAIL: 0, USER: 0, IP: 0, CARD: 0 };
  private readonly detectors: Compiled[];
  /** 256 flags: detectors whose match shows itself by this byte. */
  private readonly flags = new Int32Array(256);

  constructor() {
    this.detectors = DETECTORS.map((detector, i) => compiled(detector, 1 << i));
    for (const { key, value, flag } of this.detectors) {
      for (const byte of (key ?? value).signs) this.flags[byte] |= flag;
    }
  }

  /** The line with values masked; the same bytes where there is none. */
  mask(line: Buffer): Buffer {
    const spans = this.spansOf(line);
    if (spans.length === 0) return line;
    const pieces: Buffer[] = [];
    let from = 0;
    for (const { start, end, kind } of spans) {
      pieces.push(line.subarray(from, start), Buffer.from(`<${kind}>`));
      this.counts[kind]++;
      from = end;
    }
    return Buffer.concat([...pieces, line.subarray(from)]);
  }

  /** Masks a stream of lines, in chunks that end with a line's end. */
  async *maskAll(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of chunks) {
      const all = Buffer.concat([rest, chunk]);
      const end = cutOf(all);
      rest = all.subarray(end);
      if (end > 0) yield this.maskLines(all.subarray(0, end));
    }
    if (rest.length > 0) yield this.maskLines(rest);
  }

  private maskLines(bytes: Buffer): Buffer {
    const lines: Buffer[] = [];
    for (let at = 0; at < bytes.length; ) {
      const found = bytes.indexOf(LF, at);
      const end = found < 0 ? bytes.length : found;
      lines.push(this.mask(bytes.subarray(at, end)), bytes.subarray(end, end + 1));
      at = end + 1;
    }
    return Buffer.concat(lines);
  }

  /** Values in order; of those that overlap the one of the earlier detector. */
  private spansOf(line: Buffer): Span[] {
    let present = 0;
    for (let i = 0; i < line.length; i++) present |= this.flags[line[i]];
    const spans: Span[] = [];
    for (const detector of this.detectors) {
      if ((present & detector.flag) === 0) continue;
      for (const span of valuesOf(detector, line)) {
        if (spans.every(({ start, end }) => span.end <= start || end <= span.start)) spans.push(span);
      }
    }
    return spans.sort((a, b) => a.start - b.start);
  }
}

function* valuesOf({ kind, key, value, accept }: Compiled, line: Buffer): Generator<Span> {
  const first = key ?? value;
  let before: number | undefined;
  for (let at = 0; ; ) {
    const found = first.search(line, at, line.length, before);
    if (found < 0) return;
    const start = key ? key.end : found;
    // The value begins right behind the key.
    if (key && value.search(line, start, line.length, line[start - 1]) !== start) {
      [at, before] = [start, line[start - 1]];
      continue;
    }
    const { end } = value;
    const text = (from: number, to: number) => line.toString('utf8', from, to);
    if (!accept || accept(text(start, end), text(found, start), text(end, end + AFTER))) yield { start, end, kind };
    [at, before] = [end, line[end - 1]];
  }
}

function compiled({ kind, key, value, accept }: Detector, flag: number): Compiled {
  return { kind, accept, flag, key: key === undefined ? undefined : compile(key), value: compile(value) };
}

function compile(pattern: string): BytePattern {
  const found = BytePattern.compile(pattern);
  if (!found) throw new Error(`no automaton for ${pattern}`);
  return found;
}

/** Where the last line ends; within a line that is too long, behind its last space; 0 to wait for more. */
function cutOf(bytes: Buffer): number {
  const end = bytes.lastIndexOf(LF) + 1;
  if (end > 0 || bytes.length < MAX_PIECE) return end;
  return bytes.lastIndexOf(32) + 1 || bytes.length;
}
