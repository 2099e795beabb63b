import { StringTable } from './events/stringTable.js';
import type { Format } from './formats/formats.js';
import type { LineBatch } from './input/lineBatch.js';
import { SessionFinder } from './sessionFinder.js';

/** The sessions of a batch of lines. */
export interface SessionBatch extends LineBatch {
  /** Lines with a header. */
  rows: number;
  /** Ids, each once: their length (32 bits, little endian) and their bytes. */
  ids: Uint8Array;
  /** (ids) Of the rows, the first that names each. */
  firsts: Int32Array;
}

/** Finds the session ids of batches of lines. */
export class SessionScanner {
  readonly ordered = false;
  private readonly finder: SessionFinder;
  private readonly ids = new StringTable();
  private firsts: number[] = [];
  private rows = 0;

  constructor(format: Format) {
    this.finder = new SessionFinder(format);
  }

  run(batch: LineBatch): SessionBatch {
    const { count, bytes, starts, ends } = batch;
    this.ids.clear();
    this.firsts = [];
    this.rows = 0;
    for (let i = 0; i < count; i++) {
      if (starts[i] >= 0 && this.finder.find(bytes, starts[i], ends[i], this.visit)) this.rows++;
    }
    const { rows, ids, firsts } = this;
    return { ...batch, rows, ids: new Uint8Array(ids.plain()), firsts: Int32Array.from(firsts) };
  }

  private readonly visit = (start: number, end: number) => {
    const known = this.ids.size;
    if (this.ids.intern(this.finder.bytes, start, end) === known) this.firsts.push(this.rows);
  };
}
