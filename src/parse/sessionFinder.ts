import type { Format } from './formats/formats.js';
import { emptyHeader, type HeaderReader, headerReader, LayoutReader } from './formats/header.js';
import { kernelReads } from './kernel/scanTables.js';
import type { BytePattern } from './masks/bytePattern.js';
import { IdFinder } from './masks/idFinder.js';

/** Reads no more of a line than whether it has a layout of the format, and its session ids. */
export class SessionFinder {
  private readonly reader: HeaderReader;
  private readonly ids: IdFinder | undefined;
  private readonly header = emptyHeader();

  constructor(format: Format) {
    this.reader = headerReader(format);
    this.ids = format.sessionId === undefined ? undefined : new IdFinder(format.sessionId);
  }

  /** What the ids that `visit` is given are positions in. */
  get bytes(): Uint8Array {
    return this.header.bytes;
  }

  /** What the kernel needs to find the same; undefined when it can't. */
  kernelRules(): { reader: LayoutReader; id: BytePattern | undefined } | undefined {
    const { reader, ids } = this;
    if (!(reader instanceof LayoutReader) || !kernelReads(reader) || ids?.pattern.hasGroup) return undefined;
    return { reader, id: ids?.pattern };
  }

  /**
   * Calls `visit` for each session id in `bytes[start, end)`, repetitions included.
   * @returns false when the line hasn't the layout
   */
  find(bytes: Uint8Array, start: number, end: number, visit: (start: number, end: number) => void): boolean {
    const { header, reader, ids } = this;
    if (!reader.read(bytes, start, end, header)) return false;
    if (header.sessionEnd > header.sessionStart) visit(header.sessionStart, header.sessionEnd);
    ids?.find(header.bytes, header.contentStart, header.contentEnd, visit);
    return true;
  }
}
