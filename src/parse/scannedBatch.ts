import type { LineBatch } from './input/lineBatch.js';

/** What a line is that is no event. */
export const BLANK = 1;
/** Without a header, of the look of a record's further lines. */
export const CONTINUED = 2;
export const OTHER = 3;
export const OVERLONG = 4;

/** Numbers that the kernel gives for an event (assembly/events.ts), and where some of them are. */
export const ROW = 16;
const [LINE, MESSAGE, CONTENT_START, CONTENT_END] = [0, 1, 10, 11];

/**
 * What scanning has found in a batch, in memory that threads share. Positions are those in the batch's bytes, of which
 * there are `length`; behind them counts `own`.
 */
export interface ScannedBatch extends LineBatch {
  events: number;
  /** Rows, times, ids, tokens and spans of the events, and the packed chunk, one behind the other. */
  found: Uint8Array;
  /** (7) Where each of those begins, and the end. */
  bounds: readonly number[];
  /** Headers that the lines hold in another form. */
  own: Uint8Array;
  /** Lines that are no events: for each its index, and what it is. */
  others: Int32Array;
  /** Whether the scanner numbers masked messages from 0 again. */
  restarted: boolean;
  /** Texts of the messages that it met for the first time, in the order of their numbers. */
  added: string[];
  /** Texts of messages without a number. */
  loose: string[];
}

/** Memory of a batch that is done with, to be used again: new one would have to be cleared and collected. */
export type SpentFound = Pick<ScannedBatch, 'found'>;

/** The events of a batch, by number. */
export class ScannedEvents {
  private readonly rows: Int32Array;

  constructor(readonly batch: ScannedBatch) {
    this.rows = new Int32Array(batch.found.buffer, batch.found.byteOffset, batch.events * ROW);
  }

  /** The packed chunk of the source. */
  get packedChunk(): Uint8Array {
    const { found, bounds } = this.batch;
    return found.subarray(bounds[5], bounds[6]);
  }

  /** Index of the event's line. */
  line(event: number): number {
    return this.rows[event * ROW + LINE];
  }

  /** Number of its masked message, or -1 - i for the text i in `loose`. */
  message(event: number): number {
    return this.rows[event * ROW + MESSAGE];
  }

  /** The message as it is. */
  content(event: number): string {
    const { bytes, length, own } = this.batch;
    const [start, end] = [this.rows[event * ROW + CONTENT_START], this.rows[event * ROW + CONTENT_END]];
    const isOwn = start >= length && own.length > 0;
    return Buffer.from(isOwn ? own.subarray(start - length, end - length) : bytes.subarray(start, end)).toString();
  }
}
