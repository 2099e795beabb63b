import type { ParserState } from './drain/parserState.js';
import type { Format } from './formats/formats.js';
import { isBlank } from './formats/header.js';
import { JoinRule } from './formats/joinRule.js';
import type { LineBatch } from './input/lineBatch.js';
import { Kernel } from './kernel/kernel.js';
import { ScanTables } from './kernel/scanTables.js';
import { LineScanner } from './lineScanner.js';
import { BLANK, CONTINUED, OTHER, OVERLONG, ROW, type ScannedBatch, type SpentFound } from './scannedBatch.js';
import { sharedBytes } from './threads/shared.js';

/** What a scanner has to know; passes from thread to thread. */
export interface ScanSettings extends Pick<ParserState, 'masks' | 'delimiters'> {
  format: Format;
  join: string | undefined;
  /** Whether the raw bytes are to be packed as well. */
  pack: boolean;
}

/**
 * Scans batches of lines: all that can be done without Drain, on any thread. Most lines are scanned by the kernel; those
 * that it leaves are scanned here.
 */
export class BatchScanner {
  private readonly kernel = new Kernel();
  private readonly scanner: LineScanner;
  private readonly joinRule: JoinRule;
  /** What the kernel knows of format and masks; undefined when they are beyond it. */
  private readonly tables: ScanTables | undefined;
  private readonly pack: boolean;
  private own = new Uint8Array(0);
  private ownUsed = 0;

  constructor({ format, join, pack, ...masking }: ScanSettings) {
    this.scanner = new LineScanner(format, masking);
    this.joinRule = new JoinRule(join);
    this.pack = pack;
    const rules = this.scanner.kernelRules();
    if (!rules) return;
    this.tables = new ScanTables(this.kernel);
    this.tables.writeLayouts(rules.reader);
    this.tables.writeContentRules(rules.scanner);
  }

  /** Whether batches have to be scanned in their order, by one scanner. */
  get ordered(): boolean {
    return this.scanner.ordered;
  }

  run(batch: LineBatch, spent?: SpentFound): ScannedBatch {
    const { call } = this.kernel;
    const { count } = batch;
    const text = this.kernel.load(batch);
    const restarted = call.beginBatch() !== 0;
    this.ownUsed = 0;
    const others: number[] = [];
    for (let i = 0; i < count; i++) {
      if (this.tables) i = call.scanLines(i, count);
      if (i === count) break;
      const scanOne = () => this.scanOne(batch, i);
      const kind = this.tables ? this.tables.inTurn(scanOne) : scanOne();
      if (kind !== undefined) others.push(i, kind);
    }
    const packed = this.packed(batch, text);
    const [rows, times, ids, tokens, spans, added, loose] = this.kernel.parts(call.endBatch(), 7);
    return {
      ...batch,
      events: rows.length / (4 * ROW),
      ...joined([rows, times, ids, tokens, spans, packed], spent?.found),
      own: this.own.slice(0, this.ownUsed),
      others: Int32Array.from(others),
      restarted,
      added: textsOf(added),
      loose: textsOf(loose),
    };
  }

  /** Adds a line as an event, or returns what else it is. */
  private scanOne({ bytes, length, starts, ends }: LineBatch, i: number): number | undefined {
    const [start, end] = [starts[i], ends[i]];
    if (start < 0) return OVERLONG;
    if (this.scanner.scan(bytes, start, end)) {
      const isOwn = this.scanner.line.bytes !== bytes;
      this.addEvent(i, isOwn ? length + this.appendOwn() : 0);
      return undefined;
    }
    if (isBlank(bytes, start, end)) return BLANK;
    return this.joinRule.joins(bytes, start, end) ? CONTINUED : OTHER;
  }

  /** Adds what the scanner has found in a line; its positions are to be moved by `shift`. */
  private addEvent(index: number, shift: number): void {
    const { call } = this.kernel;
    const { content, ...line } = this.scanner.line;
    const { ids, idStart, idEnd, tokens, tokenStart, tokenEnd, spans, spanToken, spanStart, spanEnd } = content;
    call.roomForLines(1, Math.max(ids, tokens, spans));
    call.beginEvent();
    for (let k = 0; k < ids; k++) call.addId(idStart[k] + shift, idEnd[k] + shift);
    for (let k = 0; k < tokens; k++) call.addToken(tokenStart[k] + shift, tokenEnd[k] + shift);
    for (let k = 0; k < spans; k++) call.addSpan(spanToken[k], spanStart[k] + shift, spanEnd[k] + shift);
    call.addEvent(
      index,
      this.message(content.masked.subarray(0, content.maskedLength)),
      line.levelStart + shift,
      line.levelEnd + shift,
      line.componentStart + shift,
      line.componentEnd + shift,
      line.nodeStart + shift,
      line.nodeEnd + shift,
      line.alertStart < 0 ? -1 : line.alertStart + shift,
      line.alertEnd + shift,
      line.contentStart + shift,
      line.contentEnd + shift,
      line.time,
    );
  }

  private message(masked: Uint8Array): number {
    const at = this.kernel.call.scratch(masked.length);
    this.kernel.bytes.set(masked, at);
    return this.kernel.call.messageOf(at, at + masked.length);
  }

  private appendOwn(): number {
    const { bytes, ...line } = this.scanner.line;
    const at = this.ownUsed;
    const length = Math.max(line.contentEnd, line.levelEnd, line.componentEnd, line.nodeEnd, line.sessionEnd);
    this.ownUsed += length;
    if (this.ownUsed > this.own.length) {
      const grown = new Uint8Array(this.ownUsed * 2);
      grown.set(this.own.subarray(0, at));
      this.own = grown;
    }
    this.own.set(bytes.subarray(0, length), at);
    return at;
  }

  /** The chunk of the source that the batch is of, packed. */
  private packed({ chunk }: LineBatch, text: number): Uint8Array {
    if (!this.pack || chunk === 0) return new Uint8Array(0);
    const { call } = this.kernel;
    const to = call.scratch(call.mostPacked(chunk));
    const end = call.pack(text, chunk, to);
    return this.kernel.bytes.subarray(to, end);
  }
}

/** Copies parts one behind the other, each at a multiple of eight bytes, to memory that threads share. */
function joined(parts: readonly Uint8Array[], spent?: Uint8Array): Pick<ScannedBatch, 'found' | 'bounds'> {
  const bounds = [0];
  for (const { length } of parts) bounds.push((bounds[bounds.length - 1] + length + 7) & -8);
  const bytes = bounds[parts.length];
  const found = spent && spent.length >= bytes ? spent : sharedBytes(bytes + (bytes >> 2));
  for (const [i, part] of parts.entries()) found.set(part, bounds[i]);
  // The last part is as long as it is.
  bounds[parts.length] = bounds[parts.length - 1] + parts[parts.length - 1].length;
  return { found, bounds };
}

/** Texts with their length before them. */
function textsOf(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const texts: string[] = [];
  for (let at = 0; at < buffer.length; ) {
    const start = at + 4;
    at = start + buffer.readInt32LE(at);
    texts.push(buffer.toString('utf8', start, at));
  }
  return texts;
}
