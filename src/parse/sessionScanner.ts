import type { Format } from './formats/formats.js';
import type { LineBatch } from './input/lineBatch.js';
import { Kernel } from './kernel/kernel.js';
import { ScanTables } from './kernel/scanTables.js';
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

/** Finds the session ids of batches of lines: the kernel those of most lines, this the others. */
export class SessionScanner {
  readonly ordered = false;
  private readonly kernel = new Kernel();
  private readonly finder: SessionFinder;
  private readonly kernelScans: boolean;

  constructor(format: Format) {
    this.finder = new SessionFinder(format);
    const rules = this.finder.kernelRules();
    this.kernelScans = rules !== undefined;
    if (!rules) return;
    const tables = new ScanTables(this.kernel);
    tables.writeLayouts(rules.reader);
    tables.writeSessionId(rules.id);
  }

  run(batch: LineBatch): SessionBatch {
    const { call } = this.kernel;
    const { count, bytes, starts, ends } = batch;
    this.kernel.load(batch);
    call.beginSessions();
    for (let i = 0; i < count; i++) {
      if (this.kernelScans) i = call.scanSessions(i, count);
      if (i === count) break;
      if (starts[i] >= 0 && this.finder.find(bytes, starts[i], ends[i], this.visit)) call.endSessionRow();
    }
    const [ids, firsts] = this.kernel.parts(call.sessionParts(), 2);
    return { ...batch, rows: call.sessionRows(), ids: ids.slice(), firsts: new Int32Array(firsts.slice().buffer) };
  }

  private readonly visit = (start: number, end: number) => {
    const at = this.kernel.call.scratch(end - start);
    this.kernel.bytes.set(this.finder.bytes.subarray(start, end), at);
    this.kernel.call.addSession(at, at + end - start);
  };
}
