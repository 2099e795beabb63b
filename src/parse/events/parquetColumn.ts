import type { Encoding, ParquetType } from 'hyparquet';
import { Bytes, deltaPacked, hybridFlags, hybridOnes, hybridRun } from './parquetEncoding.js';
import { StringTable } from './stringTable.js';

/** A column of one row group, encoded: an optional dictionary and one data page (version 2). */
export interface EncodedColumn {
  path: string[];
  type: ParquetType;
  encoding: Encoding;
  dictionary?: { bytes: Uint8Array; count: number };
  repetition: Uint8Array;
  definition: Uint8Array;
  values: Uint8Array;
  /** Entries of the page, nulls and empty lists included. */
  entries: number;
  nulls: number;
  /** Whether compressing pays. */
  compress: boolean;
}

const NONE = new Uint8Array(0);

/** Integers, as steps from one to the next. NaN is null where `optional` is set. */
export class NumberColumn {
  private readonly values: Float64Array;
  private flags: Uint8Array;
  private rows = 0;
  private count = 0;

  constructor(
    private readonly name: string,
    private readonly type: 'INT32' | 'INT64',
    rowGroup: number,
    private readonly optional = false,
  ) {
    this.values = new Float64Array(rowGroup);
    this.flags = new Uint8Array((rowGroup + 7) >> 3);
  }

  add(value: number): void {
    if (!this.optional) {
      this.values[this.count++] = value;
    } else if (!Number.isNaN(value)) {
      this.flags[this.rows >> 3] |= 1 << (this.rows & 7);
      this.values[this.count++] = value;
    }
    this.rows++;
  }

  /** Changes the value that was added last. */
  setLast(value: number): void {
    this.values[this.count - 1] = value;
  }

  /** Encodes and empties the column. */
  flush(): EncodedColumn {
    const { rows, count } = this;
    const definition = count === rows ? hybridOnes(rows) : hybridFlags(this.flags, rows);
    const column: EncodedColumn = {
      path: [this.name],
      type: this.type,
      encoding: 'DELTA_BINARY_PACKED',
      repetition: NONE,
      definition: this.optional ? definition : NONE,
      values: deltaPacked(this.values, count),
      entries: rows,
      nulls: rows - count,
      compress: false,
    };
    this.flags.fill(0);
    this.rows = 0;
    this.count = 0;
    return column;
  }
}

/** Texts of which few are distinct. */
export class NameColumn {
  private readonly names = new StringTable();
  private readonly indexes: Int32Array;
  private readonly flags: Uint8Array;
  private rows = 0;
  private count = 0;

  constructor(
    private readonly name: string,
    rowGroup: number,
    private readonly optional = false,
  ) {
    this.indexes = new Int32Array(rowGroup);
    this.flags = new Uint8Array(optional ? (rowGroup + 7) >> 3 : 0);
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    if (this.optional) this.flags[this.rows >> 3] |= 1 << (this.rows & 7);
    this.indexes[this.count++] = this.names.intern(bytes, start, end);
    this.rows++;
  }

  /** Adds a null to an optional column. */
  addNull(): void {
    this.rows++;
  }

  /** Adds the text of the row before once more; for columns without nulls. */
  repeat(): void {
    this.indexes[this.count] = this.indexes[this.count - 1];
    this.count++;
    this.rows++;
  }

  /** Encodes and empties the column. */
  flush(): EncodedColumn {
    const { rows, count } = this;
    const definition = count === rows ? hybridOnes(rows) : hybridFlags(this.flags, rows);
    const column: EncodedColumn = {
      path: [this.name],
      type: 'BYTE_ARRAY',
      encoding: 'RLE_DICTIONARY',
      dictionary: { bytes: Uint8Array.from(this.names.plain()), count: this.names.size },
      repetition: NONE,
      definition: this.optional ? definition : NONE,
      values: indexPage(this.indexes, count, this.names.size),
      entries: rows,
      nulls: rows - count,
      compress: false,
    };
    this.names.clear();
    this.flags.fill(0);
    this.rows = 0;
    this.count = 0;
    return column;
  }
}

/** Which entries of a list column begin a row, and which hold a value (an empty list doesn't). */
function levelsOf(lengths: Int32Array, rows: number) {
  let entries = 0;
  let nulls = 0;
  for (let row = 0; row < rows; row++) {
    entries += lengths[row] || 1;
    if (lengths[row] === 0) nulls++;
  }
  const continues = new Uint8Array((entries + 7) >> 3).fill(0xff);
  const present = new Uint8Array((entries + 7) >> 3).fill(0xff);
  let entry = 0;
  for (let row = 0; row < rows; row++) {
    continues[entry >> 3] &= ~(1 << (entry & 7));
    if (lengths[row] === 0) present[entry >> 3] &= ~(1 << (entry & 7));
    entry += lengths[row] || 1;
  }
  return { repetition: hybridFlags(continues, entries), definition: hybridFlags(present, entries), entries, nulls };
}

/** Lists of texts that come again: a dictionary. A row names each text once. */
export class NameListColumn {
  private readonly names = new StringTable();
  private readonly lengths: Int32Array;
  private rows = 0;
  private indexes = new Int32Array(1 << 12);
  private count = 0;
  private rowStart = 0;

  constructor(
    private readonly name: string,
    rowGroup: number,
  ) {
    this.lengths = new Int32Array(rowGroup);
  }

  /** Adds a text to the current row, unless the row has it. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const index = this.names.intern(bytes, start, end);
    for (let i = this.rowStart; i < this.count; i++) if (this.indexes[i] === index) return;
    if (this.count === this.indexes.length) {
      const grown = new Int32Array(this.count * 2);
      grown.set(this.indexes);
      this.indexes = grown;
    }
    this.indexes[this.count++] = index;
  }

  /** Ends the current row. Returns how many texts it has. */
  endRow(): number {
    const length = this.count - this.rowStart;
    this.lengths[this.rows++] = length;
    this.rowStart = this.count;
    return length;
  }

  flush(): EncodedColumn {
    const column: EncodedColumn = {
      path: [this.name, 'list', 'element'],
      type: 'BYTE_ARRAY',
      encoding: 'RLE_DICTIONARY',
      dictionary: { bytes: Uint8Array.from(this.names.plain()), count: this.names.size },
      ...levelsOf(this.lengths, this.rows),
      values: indexPage(this.indexes, this.count, this.names.size),
      compress: true,
    };
    this.names.clear();
    this.rows = 0;
    this.count = 0;
    this.rowStart = 0;
    return column;
  }
}

/** Lists of texts, written out. */
export class TextListColumn {
  private readonly texts = new Bytes();
  private readonly lengths: Int32Array;
  private rows = 0;
  private rowLength = 0;

  constructor(
    private readonly name: string,
    rowGroup: number,
  ) {
    this.lengths = new Int32Array(rowGroup);
  }

  /** Adds a text to the current row. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const { texts } = this;
    const length = end - start;
    texts.reserve(length + 4);
    const { data } = texts;
    let at = texts.length;
    data[at++] = length;
    data[at++] = length >>> 8;
    data[at++] = length >>> 16;
    data[at++] = length >>> 24;
    for (let i = start; i < end; i++) data[at++] = bytes[i];
    texts.length = at;
    this.rowLength++;
  }

  endRow(): void {
    this.lengths[this.rows++] = this.rowLength;
    this.rowLength = 0;
  }

  flush(): EncodedColumn {
    const column: EncodedColumn = {
      path: [this.name, 'list', 'element'],
      type: 'BYTE_ARRAY',
      encoding: 'PLAIN',
      ...levelsOf(this.lengths, this.rows),
      values: this.texts.take(),
      compress: true,
    };
    this.texts.length = 0;
    this.rows = 0;
    return column;
  }
}

/** Indexes into a dictionary: their width in bits, then the run. */
function indexPage(indexes: Int32Array, count: number, distinct: number): Uint8Array {
  const { width, bytes } = hybridRun(indexes, count, Math.max(0, distinct - 1));
  const page = new Uint8Array(bytes.length + 1);
  page[0] = width;
  page.set(bytes, 1);
  return page;
}
