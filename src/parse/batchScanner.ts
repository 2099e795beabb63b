import { MessageTable } from './drain/messageTable.js';
import type { ParserState } from './drain/parserState.js';
import type { Format } from './formats/formats.js';
import { isBlank } from './formats/header.js';
import { JoinRule } from './formats/joinRule.js';
import type { LineBatch } from './input/lineBatch.js';
import { LineScanner } from './lineScanner.js';
import {
  BLANK,
  CONTINUED,
  OTHER,
  OVERLONG,
  RecordWriter,
  type ScannedBatch,
  type SpentRecords,
} from './scannedBatch.js';

/** What a scanner has to know; passes from thread to thread. */
export interface ScanSettings extends Pick<ParserState, 'masks' | 'delimiters'> {
  format: Format;
  join: string | undefined;
}

/** Scans batches of lines: all that can be done without Drain, on any thread. */
export class BatchScanner {
  private readonly scanner: LineScanner;
  private readonly joinRule: JoinRule;
  private readonly table = new MessageTable();
  private readonly writer = new RecordWriter();

  constructor({ format, join, ...masking }: ScanSettings) {
    this.scanner = new LineScanner(format, masking);
    this.joinRule = new JoinRule(join);
  }

  /** Whether batches have to be scanned in their order, by one scanner. */
  get ordered(): boolean {
    return this.scanner.ordered;
  }

  run(batch: LineBatch, spent?: SpentRecords): ScannedBatch {
    const { scanner, table, writer } = this;
    writer.begin(spent);
    const restarted = table.full;
    if (restarted) table.clear();
    const added: string[] = [];
    const loose: string[] = [];
    const { count, bytes, starts, ends } = batch;
    for (let i = 0; i < count; i++) {
      if (starts[i] < 0) writer.kind(OVERLONG);
      else if (scanner.scan(bytes, starts[i], ends[i])) {
        const { content } = scanner.line;
        const known = table.size;
        let message = table.intern(content);
        if (message === known) added.push(content.maskedText());
        if (message < 0) message = -loose.push(content.maskedText());
        writer.event(scanner.line, bytes, message);
      } else writer.kind(this.kindOf(bytes, starts[i], ends[i]));
    }
    return { count, bytes, starts, ends, ...writer.take(), restarted, added, loose };
  }

  private kindOf(bytes: Uint8Array, start: number, end: number): number {
    if (isBlank(bytes, start, end)) return BLANK;
    return this.joinRule.joins(bytes, start, end) ? CONTINUED : OTHER;
  }
}
