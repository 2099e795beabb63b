import { parquetHeader } from 'hyparquet/src/column.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { snappyUncompress } from 'hyparquet/src/snappy.js';

/** A list column of one row group as indexes: row i has the texts `names[codes[starts[i]]]` to `codes[starts[i + 1] - 1]`. */
export interface ListCodes {
  names: string[];
  /** (rows + 1) */
  starts: Int32Array;
  codes: Int32Array;
}

interface Reader {
  view: DataView;
  offset: number;
}

/**
 * Decodes a list column chunk with a dictionary that EventWriter has written (a dictionary page and one data page,
 * Snappy) without making a string or an array of each row.
 */
export function decodeListCodes(chunk: Uint8Array): ListCodes {
  const reader = readerOf(chunk);
  const dictionary = parquetHeader(reader);
  const texts = unpacked(take(reader, chunk, dictionary.compressed_page_size), dictionary.uncompressed_page_size);
  const names = namesOf(texts, dictionary.dictionary_page_header?.num_values ?? 0);
  const page = parquetHeader(reader);
  const header = page.data_page_header_v2;
  if (!header) throw new Error('the column has no data page of version 2');
  const { num_values: entries, num_rows: rows, num_nulls: empty } = header;
  const levelsStart = reader.offset;
  const continues = flags(take(reader, chunk, header.repetition_levels_byte_length ?? 0), entries);
  const present = flags(take(reader, chunk, header.definition_levels_byte_length ?? 0), entries);
  const levels = reader.offset - levelsStart;
  const values = unpacked(chunk.subarray(reader.offset), page.uncompressed_page_size - levels);
  const codes = new Int32Array(entries - (empty ?? 0));
  const from = readerOf(values);
  readRleBitPackedHybrid(from, from.view.getUint8(from.offset++), codes, values.length - 1);
  return { names, starts: startsOf(continues, present, rows), codes };
}

function unpacked(packed: Uint8Array, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  snappyUncompress(packed, bytes);
  return bytes;
}

function readerOf(bytes: Uint8Array): Reader {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
}

function take(reader: Reader, bytes: Uint8Array, length: number): Uint8Array {
  const start = reader.offset;
  reader.offset += length;
  return bytes.subarray(start, reader.offset);
}

function flags(levels: Uint8Array, count: number): Uint8Array {
  const values = new Uint8Array(count);
  if (count > 0) readRleBitPackedHybrid(readerOf(levels), 1, values, levels.length);
  return values;
}

function startsOf(continues: Uint8Array, present: Uint8Array, rows: number): Int32Array {
  const starts = new Int32Array(rows + 1);
  let row = 0;
  let values = 0;
  for (let entry = 0; entry < continues.length; entry++) {
    if (!continues[entry]) starts[row++] = values;
    values += present[entry];
  }
  starts[rows] = values;
  return starts;
}

function namesOf(plain: Buffer, count: number): string[] {
  const names: string[] = new Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    const length = plain.readInt32LE(at);
    names[i] = plain.toString('utf8', at + 4, at + 4 + length);
    at += 4 + length;
  }
  return names;
}
