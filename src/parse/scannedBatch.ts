import type { LineBatch } from './input/lineBatch.js';
import type { ScannedLine } from './lineScanner.js';
import { sharedInts, sharedNumbers } from './threads/shared.js';

/** What a line is. */
export const EVENT = 0;
export const BLANK = 1;
/** Without a header, of the look of a record's further lines. */
export const CONTINUED = 2;
export const OTHER = 3;
export const OVERLONG = 4;

/**
 * What scanning has found in a batch, in arrays that threads share. The record of a
 * line is one of the numbers above; those of an event are told by `RecordWriter.event`.
 */
export interface ScannedBatch extends LineBatch {
  records: Int32Array;
  /** (events) */
  times: Float64Array;
  /** Headers that stand in a buffer of their own, where the lines hold them in another form. */
  own: Uint8Array;
  /** Whether the scanner numbers masked messages from 0 again. */
  restarted: boolean;
  /** Texts of the messages that it met for the first time, in the order of their numbers. */
  added: string[];
  /** Texts of messages without a number. */
  loose: string[];
}

/** Arrays of a batch that is done with, to be used again: new ones would have to be cleared and collected. */
export type SpentRecords = Pick<ScannedBatch, 'records' | 'times'>;

/** Writes the records of a batch. */
export class RecordWriter {
  private records: Int32Array = new Int32Array(0);
  private used = 0;
  private times: Float64Array = new Float64Array(0);
  private events = 0;
  private own: Uint8Array = new Uint8Array(0);
  private ownUsed = 0;

  begin({ records, times }: SpentRecords = newRecords()): void {
    this.records = records;
    this.times = times;
    this.own = new Uint8Array(0);
    this.used = 0;
    this.events = 0;
    this.ownUsed = 0;
  }

  kind(kind: number): void {
    if (this.used === this.records.length) this.reserve(1);
    this.records[this.used++] = kind;
  }

  /**
   * Kind, whether positions are in `own`, bounds of level, component, node, alert and content, message (a number, or -1 - i
   * for the text i in `loose`), then with their counts the bounds of ids, of tokens, and of masked texts with their tokens.
   */
  event(line: ScannedLine, batchBytes: Uint8Array, message: number): void {
    const { content } = line;
    this.reserve(16 + 2 * content.ids + 2 * content.tokens + 3 * content.spans);
    const { records } = this;
    const isOwn = line.bytes !== batchBytes;
    const shift = isOwn ? this.appendOwn(line) : 0;
    let at = this.used;
    records[at++] = EVENT;
    records[at++] = isOwn ? 1 : 0;
    records[at++] = line.levelStart + shift;
    records[at++] = line.levelEnd + shift;
    records[at++] = line.componentStart + shift;
    records[at++] = line.componentEnd + shift;
    records[at++] = line.nodeStart + shift;
    records[at++] = line.nodeEnd + shift;
    records[at++] = line.alertStart < 0 ? -1 : line.alertStart + shift;
    records[at++] = line.alertEnd + shift;
    records[at++] = line.contentStart + shift;
    records[at++] = line.contentEnd + shift;
    records[at++] = message;
    const { ids, idStart, idEnd, tokens, tokenStart, tokenEnd, spans, spanToken, spanStart, spanEnd } = content;
    records[at++] = ids;
    for (let i = 0; i < ids; i++) {
      records[at++] = idStart[i] + shift;
      records[at++] = idEnd[i] + shift;
    }
    records[at++] = tokens;
    for (let i = 0; i < tokens; i++) {
      records[at++] = tokenStart[i] + shift;
      records[at++] = tokenEnd[i] + shift;
    }
    records[at++] = spans;
    for (let i = 0; i < spans; i++) {
      records[at++] = spanToken[i];
      records[at++] = spanStart[i] + shift;
      records[at++] = spanEnd[i] + shift;
    }
    this.used = at;
    this.addTime(line.time);
  }

  /** Hands over what has been written. */
  take(): Pick<ScannedBatch, 'records' | 'times' | 'own'> {
    const { records, times, own } = this;
    return { records, times, own };
  }

  private addTime(time: number): void {
    if (this.events === this.times.length) {
      const grown = sharedNumbers(this.events * 2);
      grown.set(this.times);
      this.times = grown;
    }
    this.times[this.events++] = time;
  }

  private appendOwn({ bytes, ...line }: ScannedLine): number {
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

  private reserve(more: number): void {
    if (this.used + more <= this.records.length) return;
    const grown = sharedInts(Math.max(this.records.length * 2, this.used + more));
    grown.set(this.records);
    this.records = grown;
  }
}

function newRecords(): SpentRecords {
  return { records: sharedInts(1 << 18), times: sharedNumbers(1 << 13) };
}
