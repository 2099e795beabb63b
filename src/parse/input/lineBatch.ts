import { sharedBytes, sharedInts } from '../threads/shared.js';
import type { LineSink } from './lineSplitter.js';

/** A line that is too long to be kept. */
export interface OverlongLine {
  head: string;
  length: number;
}

/** Lines to be scanned together, perhaps on another thread. Line i is `bytes[starts[i], ends[i])`. */
export interface LineBatch {
  count: number;
  bytes: Uint8Array;
  /** Bytes that count; the first `chunk` of them are the next ones of the source. */
  length: number;
  chunk: number;
  /** -1: the line is overlong. */
  starts: Int32Array;
  ends: Int32Array;
}

/** Arrays of a batch that is done with, to be used again: new ones would have to be cleared and collected. */
export type SpentLines = Pick<LineBatch, 'bytes' | 'starts' | 'ends'> & Pick<BatchPlace, 'offsets'>;

/** What is known of the lines of a batch without scanning them. */
export interface BatchPlace {
  /** Index of the log. */
  file: number;
  /** Number of the first line, 1-based. */
  firstNumber: number;
  /** (count) of each line in the stream. */
  offsets: Float64Array;
  /** By index in the batch. */
  overlong: ReadonlyMap<number, OverlongLine>;
}

/** Gathers the lines of a log to batches: those of a chunk are copied with it, others one by one. */
export class BatchBuilder implements LineSink {
  private count = 0;
  private source: Buffer | undefined;
  private sourceAt = 0;
  private used = 0;
  private chunkLength = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private starts: Int32Array = new Int32Array(0);
  private ends: Int32Array = new Int32Array(0);
  private offsets: Float64Array = new Float64Array(0);
  private overlongLines = new Map<number, OverlongLine>();
  private firstNumber = 1;

  /** @param spent arrays to use again, if there are any */
  constructor(
    private readonly file: number,
    private readonly spent: () => SpentLines | undefined = () => undefined,
  ) {
    this.renew();
  }

  chunk(chunk: Buffer): void {
    this.source = chunk;
    this.chunkLength = chunk.length;
    this.sourceAt = this.append(chunk);
  }

  line(bytes: Buffer, start: number, end: number, offset: number, number: number): void {
    const at = bytes === this.source ? this.sourceAt + start : this.append(bytes.subarray(start, end));
    this.add(at, at + end - start, offset, number);
  }

  overlong(head: Buffer, length: number, offset: number, number: number): void {
    this.overlongLines.set(this.count, { head: head.toString('utf8'), length });
    this.add(-1, -1, offset, number);
  }

  /** Hands over what has gathered; undefined when there is nothing. */
  take(): { batch: LineBatch; place: BatchPlace } | undefined {
    const { count, file, firstNumber, bytes, used: length, chunkLength: chunk } = this;
    const { starts, ends, offsets, overlongLines: overlong } = this;
    if (count === 0 && chunk === 0) return undefined;
    this.renew();
    return { batch: { count, bytes, length, chunk, starts, ends }, place: { file, firstNumber, offsets, overlong } };
  }

  private renew(): void {
    const { bytes, starts, ends, offsets } = this.spent() ?? { bytes: new Uint8Array(0), ...newLines() };
    this.count = 0;
    this.source = undefined;
    this.used = 0;
    this.chunkLength = 0;
    this.bytes = bytes;
    this.starts = starts;
    this.ends = ends;
    this.offsets = offsets;
    this.overlongLines = new Map();
  }

  private add(start: number, end: number, offset: number, number: number): void {
    const { count } = this;
    if (count === 0) this.firstNumber = number;
    if (count === this.starts.length) this.growLines();
    this.starts[count] = start;
    this.ends[count] = end;
    this.offsets[count] = offset;
    this.count++;
  }

  private append(bytes: Uint8Array): number {
    const at = this.used;
    this.used += bytes.length;
    if (this.used > this.bytes.length) {
      const grown = sharedBytes(this.used + (at === 0 ? 1 << 12 : this.used >> 1));
      grown.set(this.bytes.subarray(0, at));
      this.bytes = grown;
    }
    this.bytes.set(bytes, at);
    return at;
  }

  private growLines(): void {
    const { starts, ends, offsets, count } = this;
    this.starts = sharedInts(count * 2);
    this.ends = sharedInts(count * 2);
    this.offsets = new Float64Array(count * 2);
    this.starts.set(starts);
    this.ends.set(ends);
    this.offsets.set(offsets);
  }
}

function newLines() {
  return { starts: sharedInts(1 << 13), ends: sharedInts(1 << 13), offsets: new Float64Array(1 << 13) };
}
