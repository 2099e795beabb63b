import type { ParserState } from './drain/parserState.js';
import type { Format } from './formats/formats.js';
import {
  emptyHeader,
  type Header,
  type HeaderReader,
  headerReader,
  LayoutReader,
  type NamedValue,
} from './formats/header.js';
import { kernelReads } from './kernel/scanTables.js';
import { ByteScanner } from './masks/byteScanner.js';
import { type ContentScanner, contentScanner } from './masks/contentScanner.js';
import { hasGroup, IdFinder } from './masks/idFinder.js';
import type { ScannedContent } from './masks/scannedContent.js';

/** What can be said of a line without a template. Valid until the next line. */
export interface ScannedLine extends Header {
  /** Milliseconds since 1970-01-01 UTC; NaN when the line gives no time. */
  time: number;
  content: ScannedContent;
}

/** Reads the header of one line at a time, puts masks in place and finds session ids. */
export class LineScanner {
  readonly line: ScannedLine;
  private readonly reader: HeaderReader;
  private readonly scanner: ContentScanner;
  /** Finds session ids where the scanner can't do it on its way. */
  private readonly ids: IdFinder | undefined;

  constructor(format: Format, { masks, delimiters }: Pick<ParserState, 'masks' | 'delimiters'>) {
    const { sessionId } = format;
    const apart = sessionId !== undefined && hasGroup(sessionId);
    this.reader = headerReader(format);
    this.scanner = contentScanner(masks, apart ? undefined : sessionId, delimiters);
    this.ids = apart ? new IdFinder(sessionId) : undefined;
    this.line = { ...emptyHeader(), time: Number.NaN, content: this.scanner.found };
  }

  /** Whether what is found in a line depends on the lines before it. */
  get ordered(): boolean {
    return this.reader.ordered;
  }

  /** What the kernel needs to find the same as this scanner; undefined when it can't. */
  kernelRules(): { reader: LayoutReader; scanner: ByteScanner } | undefined {
    const { reader, scanner } = this;
    if (this.ids || !(reader instanceof LayoutReader) || !kernelReads(reader)) return undefined;
    return scanner instanceof ByteScanner ? { reader, scanner } : undefined;
  }

  /**
   * Scans `bytes[start, end)`, a line in valid UTF-8 without its end. The result is in `line`.
   * @returns false when the line hasn't a layout of the format
   */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    const { reader, line } = this;
    if (!reader.read(bytes, start, end, line)) return false;
    line.time = reader.time();
    this.scanner.scan(line.bytes, line.contentStart, line.contentEnd);
    if (line.sessionEnd > line.sessionStart) this.addId(line.sessionStart, line.sessionEnd);
    this.ids?.find(line.bytes, line.contentStart, line.contentEnd, this.addId);
    return true;
  }

  /** Named values of the line scanned last. */
  fields(): Iterable<NamedValue> {
    return this.reader.fields();
  }

  private readonly addId = (start: number, end: number) => this.line.content.addId(start, end);
}
