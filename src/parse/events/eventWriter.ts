import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { ColumnChunk, CompressionCodec, Encoding } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { NO_TEMPLATE } from '../lineParser.js';
import type { ParsedEvent } from '../parsedEvent.js';
import { EVENT_SCHEMA, ROW_GROUP } from './eventSchema.js';
import { type EncodedColumn, NameColumn, NameListColumn, NumberColumn, TextListColumn } from './parquetColumn.js';

const compress = promisify(gzip);

/** A column whose pages are ready to be written. */
interface PackedColumn extends EncodedColumn {
  codec: CompressionCodec;
  packedValues: Uint8Array;
  packedDictionary: Uint8Array | undefined;
}

/**
 * Writes events.parquet while lines are parsed. Rows are gathered in encoded form, a row group at a time; full groups
 * are compressed by zlib's threads while the next one is filled.
 */
export class EventWriter {
  /** Rows added so far. */
  rows = 0;
  /** Rows without a session id. */
  withoutId = 0;
  private readonly file = new NameColumn('file', ROW_GROUP);
  private readonly line = new NumberColumn('line', 'INT64', ROW_GROUP);
  private readonly offset = new NumberColumn('offset', 'INT64', ROW_GROUP);
  private readonly lines = new NumberColumn('lines', 'INT32', ROW_GROUP);
  private readonly time = new NumberColumn('time', 'INT64', ROW_GROUP, true);
  private readonly template = new NumberColumn('template', 'INT32', ROW_GROUP);
  private readonly sessions = new NameListColumn('sessions', ROW_GROUP);
  private readonly parameters = new TextListColumn('parameters', ROW_GROUP);
  private readonly level = new NameColumn('level', ROW_GROUP);
  private readonly component = new NameColumn('component', ROW_GROUP);
  private readonly node = new NameColumn('node', ROW_GROUP);
  private readonly alert = new NameColumn('alert', ROW_GROUP, true);
  private readonly bytes = new ByteWriter(1 << 20);
  private readonly parquet = new ParquetWriter({ writer: this.bytes, schema: EVENT_SCHEMA, createdBy: 'logbert' });
  private lastFile: Uint8Array | undefined;
  private groupRows = 0;
  private waiting = 0;
  private writing: Promise<void> = Promise.resolve();

  private constructor(private readonly output: FileHandle) {}

  static async create(path: string): Promise<EventWriter> {
    return new EventWriter(await open(path, 'w'));
  }

  /**
   * Adds an event.
   * @param file name as UTF-8; one and the same array for all lines of a file
   */
  add(event: ParsedEvent, file: Uint8Array, lineNumber: number, offset: number): void {
    // Not as soon as it's full: lines may still be joined to its last event.
    if (this.groupRows === ROW_GROUP) this.flushGroup();
    const { bytes, cluster } = event;
    if (file === this.lastFile && this.groupRows > 0) this.file.repeat();
    else this.file.add(file, 0, file.length);
    this.lastFile = file;
    this.line.add(lineNumber);
    this.offset.add(offset);
    this.lines.add(1);
    this.time.add(event.time);
    this.template.add(cluster ? cluster.id : NO_TEMPLATE);
    event.ids(this.addSession);
    if (this.sessions.endRow() === 0) this.withoutId++;
    event.parameters(this.addParameter);
    this.parameters.endRow();
    this.level.add(bytes, event.levelStart, event.levelEnd);
    this.component.add(bytes, event.componentStart, event.componentEnd);
    this.node.add(bytes, event.nodeStart, event.nodeEnd);
    if (event.alertStart < 0) this.alert.addNull();
    else this.alert.add(bytes, event.alertStart, event.alertEnd);
    this.rows++;
    this.groupRows++;
  }

  /** Tells how many raw lines the event added last has, with those that were joined to it. */
  setLines(count: number): void {
    this.lines.setLast(count);
  }

  /** Row groups that wait to be compressed and written. */
  get pending(): number {
    return this.waiting;
  }

  /** Resolves when all full row groups are written. */
  drained(): Promise<void> {
    return this.writing;
  }

  /** Writes what is left and the footer. */
  async finish(): Promise<void> {
    if (this.groupRows > 0) this.flushGroup();
    await this.writing;
    this.parquet.num_rows = BigInt(this.rows);
    this.parquet.finish();
    await this.writeOut();
  }

  /** Closes the file; to be called whether `finish` was or not. */
  async close(): Promise<void> {
    await this.writing.catch(() => {});
    await this.output.close();
  }

  private readonly addSession = (bytes: Uint8Array, start: number, end: number) => this.sessions.add(bytes, start, end);

  private readonly addParameter = (bytes: Uint8Array, start: number, end: number) =>
    this.parameters.add(bytes, start, end);

  private flushGroup(): void {
    const rows = this.groupRows;
    const columns = [
      this.file,
      this.line,
      this.offset,
      this.lines,
      this.time,
      this.template,
      this.sessions,
      this.parameters,
      this.level,
      this.component,
      this.node,
      this.alert,
    ].map((column) => column.flush());
    this.groupRows = 0;
    this.waiting++;
    const packed = Promise.all(columns.map(pack));
    const written = this.writing.then(async () => {
      await this.writeGroup(await packed, rows);
      this.waiting--;
    });
    // Failures are met by whoever awaits `drained` or `finish`.
    written.catch(() => {});
    packed.catch(() => {});
    this.writing = written;
  }

  private async writeGroup(packed: PackedColumn[], rows: number): Promise<void> {
    const start = this.bytes.offset;
    const columns = packed.map((column) => writeChunk(this.bytes, column, rows));
    this.parquet.row_groups.push({
      columns,
      num_rows: BigInt(rows),
      total_byte_size: columns.reduce((sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n), 0n),
      total_compressed_size: BigInt(this.bytes.offset - start),
    });
    await this.writeOut();
  }

  private async writeOut(): Promise<void> {
    const bytes = this.bytes.getBytes();
    this.bytes.index = 0;
    await this.output.writeFile(bytes);
  }
}

async function pack(column: EncodedColumn): Promise<PackedColumn> {
  const { values, dictionary } = column;
  if (!column.compress) {
    return { ...column, codec: 'UNCOMPRESSED', packedValues: values, packedDictionary: dictionary?.bytes };
  }
  // zlib comes back to this thread whenever its room is full.
  const options = { level: constants.Z_BEST_SPEED, chunkSize: 1 << 20 };
  const [packedValues, packedDictionary] = await Promise.all([
    compress(values, options),
    dictionary && compress(dictionary.bytes, options),
  ]);
  return { ...column, codec: 'GZIP', packedValues, packedDictionary };
}

/** Writes dictionary and data page, and tells the footer about them. */
function writeChunk(out: ByteWriter, column: PackedColumn, rows: number): ColumnChunk {
  const start = out.offset;
  let unpacked = column.dictionary ? writeDictionary(out, column, column.dictionary) : 0;
  const dataStart = out.offset;
  unpacked += writeData(out, column, rows);
  const encodings: Encoding[] = column.dictionary ? ['PLAIN', 'RLE', column.encoding] : ['RLE', column.encoding];
  return {
    file_offset: 0n,
    meta_data: {
      type: column.type,
      encodings,
      path_in_schema: column.path,
      codec: column.codec,
      num_values: BigInt(column.entries),
      total_uncompressed_size: BigInt(unpacked),
      total_compressed_size: BigInt(out.offset - start),
      data_page_offset: BigInt(dataStart),
      dictionary_page_offset: column.dictionary && BigInt(start),
    },
  };
}

function writeDictionary(
  out: ByteWriter,
  column: PackedColumn,
  dictionary: { bytes: Uint8Array; count: number },
): number {
  const { packedDictionary = dictionary.bytes } = column;
  const start = out.offset;
  writePageHeader(out, {
    type: 'DICTIONARY_PAGE',
    uncompressed_page_size: dictionary.bytes.length,
    compressed_page_size: packedDictionary.length,
    dictionary_page_header: { num_values: dictionary.count, encoding: 'PLAIN' },
  });
  const header = out.offset - start;
  out.appendBytes(packedDictionary);
  return header + dictionary.bytes.length;
}

function writeData(out: ByteWriter, column: PackedColumn, rows: number): number {
  const { repetition, definition, values, packedValues } = column;
  const levels = repetition.length + definition.length;
  const start = out.offset;
  writePageHeader(out, {
    type: 'DATA_PAGE_V2',
    uncompressed_page_size: levels + values.length,
    compressed_page_size: levels + packedValues.length,
    data_page_header_v2: {
      num_values: column.entries,
      num_nulls: column.nulls,
      num_rows: rows,
      encoding: column.encoding,
      definition_levels_byte_length: definition.length,
      repetition_levels_byte_length: repetition.length,
      is_compressed: column.codec !== 'UNCOMPRESSED',
    },
  });
  const header = out.offset - start;
  out.appendBytes(repetition);
  out.appendBytes(definition);
  out.appendBytes(packedValues);
  return header + levels + values.length;
}
