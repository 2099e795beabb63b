import { type FileHandle, open } from 'node:fs/promises';
import type { ColumnChunk, Encoding, ParquetType } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import type { Cluster } from '../drain/drain.js';
import { type EncodedColumn, RowGroups } from '../kernel/rowGroups.js';
import { NO_TEMPLATE } from '../lineParser.js';
import type { ScannedBatch } from '../scannedBatch.js';
import { writeAll } from '../writeAll.js';
import { EVENT_SCHEMA } from './eventSchema.js';

/** How the kernel encodes a column (assembly/rowGroup.ts). */
interface Column {
  path: string[];
  type: ParquetType;
  encoding: Encoding;
  /** Whether packing pays. */
  packed: boolean;
}

const NAME = { type: 'BYTE_ARRAY', encoding: 'RLE_DICTIONARY', packed: false } as const;
const INT32 = { type: 'INT32', encoding: 'DELTA_BINARY_PACKED', packed: false } as const;
const INT64 = { ...INT32, type: 'INT64' } as const;

const COLUMNS: Column[] = [
  { path: ['file'], ...NAME },
  { path: ['line'], ...INT64 },
  { path: ['offset'], ...INT64 },
  { path: ['lines'], ...INT32 },
  { path: ['time'], ...INT64 },
  { path: ['template'], ...INT32 },
  { path: ['sessions', 'list', 'element'], ...NAME, packed: true },
  { path: ['parameters', 'list', 'element'], type: 'BYTE_ARRAY', encoding: 'PLAIN', packed: true },
  { path: ['level'], ...NAME },
  { path: ['component'], ...NAME },
  { path: ['node'], ...NAME },
  { path: ['alert'], ...NAME },
];

/** Writes events.parquet while lines are parsed, a row group at a time. */
export class EventWriter {
  /** Rows so far. */
  rows = 0;
  private readonly groups = new RowGroups();
  private readonly bytes = new ByteWriter(1 << 20);
  private readonly parquet = new ParquetWriter({ writer: this.bytes, schema: EVENT_SCHEMA, createdBy: 'logbert' });

  private constructor(private readonly output: FileHandle) {}

  static async create(path: string): Promise<EventWriter> {
    return new EventWriter(await open(path, 'w'));
  }

  /** Rows without a session id. */
  get withoutId(): number {
    return this.groups.withoutId;
  }

  /**
   * Begins a batch, each of whose events has to be added before its end.
   * @param file name as UTF-8
   * @param offsets of its lines in the source
   */
  begin(batch: ScannedBatch, file: Uint8Array, firstLine: number, offsets: Float64Array): void {
    this.groups.begin(batch, file, firstLine, offsets);
  }

  /**
   * Adds an event of the batch by its number.
   * @param cluster whose template the line has, which a person may have merged into another
   */
  add(event: number, cluster: Cluster | undefined): void {
    this.groups.answer(event, cluster ? (cluster.mergedInto ?? cluster).id : NO_TEMPLATE, cluster);
    this.rows++;
  }

  /** Tells how many raw lines an event of the batch has, with those that were joined to it; -1: the last one before it. */
  setLines(event: number, count: number): void {
    this.groups.setLines(event, count);
  }

  /** Ends the batch. */
  end(): void {
    // Not as soon as a row group is full: lines may still be joined to its last event.
    while (!this.groups.add()) this.writeGroup();
  }

  /** Writes what is left and the footer. */
  finish(): void {
    if (this.groups.rows > 0) this.writeGroup();
    this.parquet.num_rows = BigInt(this.rows);
    this.parquet.finish();
    this.writeOut();
  }

  /** Closes the file; to be called whether `finish` was or not. */
  async close(): Promise<void> {
    await this.output.close();
  }

  private writeGroup(): void {
    const { rows } = this.groups;
    const start = this.bytes.offset;
    const columns = COLUMNS.map((column, i) =>
      writeChunk(this.bytes, column, this.groups.encode(i, column.packed), rows),
    );
    this.groups.next();
    this.parquet.row_groups.push({
      columns,
      num_rows: BigInt(rows),
      total_byte_size: columns.reduce((sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n), 0n),
      total_compressed_size: BigInt(this.bytes.offset - start),
    });
    this.writeOut();
  }

  private writeOut(): void {
    writeAll(this.output.fd, this.bytes.getBytes());
    this.bytes.index = 0;
  }
}

/** Writes dictionary and data page, and tells the footer about them. */
function writeChunk(out: ByteWriter, column: Column, encoded: EncodedColumn, rows: number): ColumnChunk {
  const start = out.offset;
  let unpacked = encoded.dictionary ? writeDictionary(out, encoded.dictionary) : 0;
  const dataStart = out.offset;
  unpacked += writeData(out, column, encoded, rows);
  return {
    file_offset: 0n,
    meta_data: {
      type: column.type,
      encodings: encoded.dictionary ? ['PLAIN', 'RLE', column.encoding] : ['RLE', column.encoding],
      path_in_schema: column.path,
      codec: column.packed ? 'SNAPPY' : 'UNCOMPRESSED',
      num_values: BigInt(encoded.entries),
      total_uncompressed_size: BigInt(unpacked),
      total_compressed_size: BigInt(out.offset - start),
      data_page_offset: BigInt(dataStart),
      dictionary_page_offset: encoded.dictionary && BigInt(start),
    },
  };
}

function writeDictionary(out: ByteWriter, { bytes, texts, count }: NonNullable<EncodedColumn['dictionary']>): number {
  const start = out.offset;
  writePageHeader(out, {
    type: 'DICTIONARY_PAGE',
    uncompressed_page_size: bytes,
    compressed_page_size: texts.length,
    dictionary_page_header: { num_values: count, encoding: 'PLAIN' },
  });
  const header = out.offset - start;
  out.appendBytes(texts);
  return header + bytes;
}

function writeData(out: ByteWriter, { encoding, packed }: Column, encoded: EncodedColumn, rows: number): number {
  const { repetition, definition, values, valueBytes, entries, nulls } = encoded;
  const levels = repetition.length + definition.length;
  const start = out.offset;
  writePageHeader(out, {
    type: 'DATA_PAGE_V2',
    uncompressed_page_size: levels + valueBytes,
    compressed_page_size: levels + values.length,
    data_page_header_v2: {
      num_values: entries,
      num_nulls: nulls,
      num_rows: rows,
      encoding,
      definition_levels_byte_length: definition.length,
      repetition_levels_byte_length: repetition.length,
      is_compressed: packed,
    },
  });
  const header = out.offset - start;
  out.appendBytes(repetition);
  out.appendBytes(definition);
  out.appendBytes(values);
  return header + levels + valueBytes;
}
