import type { Cluster } from '../drain/drain.js';
import type { ScannedBatch } from '../scannedBatch.js';
import { type Address, Kernel } from './kernel.js';

/** A column of a row group as it stands in the file: levels and values of its one page, and perhaps a dictionary. */
export interface EncodedColumn {
  repetition: Uint8Array;
  definition: Uint8Array;
  /** Bytes before packing. */
  valueBytes: number;
  values: Uint8Array;
  dictionary: undefined | { bytes: number; texts: Uint8Array; count: number };
  /** Entries of the page, nulls and empty lists included. */
  entries: number;
  nulls: number;
}

/** Numbers for each event in `answers`. */
const ANSWER = 3;
/** Bytes of the struct that describes a batch (assembly/rowGroup.ts). */
const BATCH = 32;

/** Rows of events.parquet, gathered and encoded by the kernel, a row group at a time. */
export class RowGroups {
  private readonly kernel = new Kernel();
  private readonly wildcards = new WildcardFlags(this.kernel);
  private events = 0;
  private added = 0;
  /** For each event of the batch its template or -1, where the flags of that one's wildcards are or 0, its raw lines. */
  private answers = new Int32Array(1 << 14);
  private answersAt = 0;

  /** Rows so far that name no session. */
  get withoutId(): number {
    return this.kernel.call.rowsWithoutId();
  }

  /** Rows that have gathered. */
  get rows(): number {
    return this.kernel.call.rowsOfGroup();
  }

  /**
   * Begins a batch. Each of its events has to be answered before `add`.
   * @param file name as UTF-8
   * @param offsets of its lines in the source
   */
  begin(batch: ScannedBatch, file: Uint8Array, firstLine: number, offsets: Float64Array): void {
    const { count, events, length } = batch;
    this.events = events;
    this.added = 0;
    if (this.answers.length < events * ANSWER) this.answers = new Int32Array(events * ANSWER * 2);
    this.wildcards.reserve(length);
    this.loadEvents(batch);
    const text = this.loadText(batch);
    const struct = this.kernel.call.scratch(BATCH + count * 8 + events * ANSWER * 4 + file.length);
    const offsetsAt = struct + BATCH;
    this.answersAt = offsetsAt + count * 8;
    const fileAt = this.answersAt + events * ANSWER * 4;
    const { bytes, numbers } = this.kernel;
    numbers.set([text, fileAt, fileAt + file.length, offsetsAt, this.answersAt], struct >> 2);
    new Float64Array(bytes.buffer, struct + BATCH - 8, 1)[0] = firstLine;
    new Float64Array(bytes.buffer, offsetsAt, count).set(offsets.subarray(0, count));
    bytes.set(file, fileAt);
    this.kernel.call.beginRows(struct);
  }

  /** Tells the template of an event, -1 if it has none. */
  answer(event: number, template: number, found: Cluster | undefined): void {
    const at = event * ANSWER;
    this.answers[at] = template;
    this.answers[at + 1] = found ? this.wildcards.of(found) : 0;
    this.answers[at + 2] = 1;
  }

  /** Tells how many raw lines an event of the batch has; -1: the last one before it. */
  setLines(event: number, lines: number): void {
    if (event < 0) this.kernel.call.setLastLines(lines);
    else this.answers[event * ANSWER + 2] = lines;
  }

  /** Adds the events of the batch as rows. Returns false where the row group has to be taken before there is room for all. */
  add(): boolean {
    if (this.added === 0) this.kernel.numbers.set(this.answers.subarray(0, this.events * ANSWER), this.answersAt >> 2);
    this.added = this.kernel.call.addRows(this.added, this.events);
    return this.added === this.events;
  }

  /** Encodes a column of the row group. The arrays are views that hold until the next one. */
  encode(column: number, packed: boolean): EncodedColumn {
    const at = this.kernel.call.encodeColumn(column, packed);
    const { bytes, numbers } = this.kernel;
    const told = numbers.subarray(at >> 2, (at >> 2) + 13);
    const view = (i: number) => bytes.subarray(told[i], told[i] + told[i + 1]);
    const count = told[10];
    return {
      repetition: view(0),
      definition: view(2),
      valueBytes: told[4],
      values: view(5),
      dictionary: count < 0 ? undefined : { bytes: told[7], texts: view(8), count },
      entries: told[11],
      nulls: told[12],
    };
  }

  /** Begins the next row group. */
  next(): void {
    this.kernel.call.nextGroup();
  }

  private loadEvents({ found, bounds }: ScannedBatch): void {
    const size = (i: number) => bounds[i + 1] - bounds[i];
    const parts = this.kernel.call.roomForEvents(size(0), size(1), size(2), size(3), size(4)) >> 2;
    const { bytes, numbers } = this.kernel;
    for (let i = 0; i < 5; i++) bytes.set(found.subarray(bounds[i], bounds[i + 1]), numbers[parts + 2 * i]);
  }

  private loadText({ bytes, length, own }: ScannedBatch): Address {
    const text = this.kernel.call.textOf(length + own.length);
    this.kernel.bytes.set(bytes.subarray(0, length), text);
    this.kernel.bytes.set(own, text + length);
    return text;
  }
}

/** Where in the kernel's memory the flags of clusters' wildcards are. */
class WildcardFlags {
  /** By the cluster's id. */
  private known: { flags: Uint8Array; at: Address }[] = [];
  private start = 0;
  private used = 0;
  private room = 0;

  constructor(private readonly kernel: Kernel) {}

  /** Makes room for the clusters of a batch of so many bytes, which has at most as many tokens. */
  reserve(bytes: number): void {
    if (this.used + bytes <= this.room) return;
    this.known = [];
    this.used = 0;
    if (bytes * 2 <= this.room) return;
    this.room = Math.max(1 << 20, bytes * 4);
    this.start = this.kernel.call.allocate(this.room);
  }

  of({ id, wild }: Cluster): Address {
    const known = this.known[id];
    if (known?.flags === wild) return known.at;
    const at = this.start + this.used;
    this.kernel.bytes.set(wild, at);
    this.used += wild.length;
    this.known[id] = { flags: wild, at };
    return at;
  }
}
