import { putDeltas, putFlags, putIndexes, putOnes } from './encoding';
import { allocate, Bytes, copyShort } from './memory';
import { TextTable } from './textTable';

/** Rows of a row group, the same as in eventSchema.ts. */
export const ROW_GROUP = 65_536;

/** The page of a column that was encoded last; the dictionary is in `dictionary`, if there is one. */
export const repetition = new Bytes();
export const definition = new Bytes();
export const values = new Bytes(1 << 16);
export let dictionary: TextTable | null = null;
/** Entries of the page, nulls and empty lists included. */
export let entries = 0;
export let nulls = 0;

function beginPage(): void {
  repetition.used = 0;
  definition.used = 0;
  values.used = 0;
  dictionary = null;
}

/** Collects the values of a row group; `encode` makes a page of them, `clear` begins the next group. */
export abstract class Column {
  abstract encode(): void;
  abstract clear(): void;
}

/** Flags of rows that hold a value. */
class Presence {
  private flags: usize = allocate(ROW_GROUP >> 3);
  rows: i32 = 0;

  constructor() {
    this.clear();
  }

  add(present: bool): void {
    const at = this.flags + (this.rows >> 3);
    store<u8>(at, (load<u8>(at) as u32) | ((present as u32) << (this.rows & 7)));
    this.rows++;
  }

  encode(present: i32): void {
    if (present == this.rows) putOnes(definition, this.rows);
    else putFlags(definition, this.flags, this.rows);
    entries = this.rows;
    nulls = this.rows - present;
  }

  clear(): void {
    memory.fill(this.flags, 0, ROW_GROUP >> 3);
    this.rows = 0;
  }
}

/** A column of one value a row, or of one at most. */
abstract class ValueColumn extends Column {
  /** Of the values. */
  protected count: i32 = 0;
  private presence: Presence | null;

  constructor(optional: bool = false) {
    super();
    this.presence = optional ? new Presence() : null;
  }

  /** Adds a null to an optional column. */
  addNull(): void {
    const presence = this.presence;
    if (presence) presence.add(false);
  }

  clear(): void {
    this.count = 0;
    const presence = this.presence;
    if (presence) presence.clear();
  }

  protected addPresent(): void {
    const presence = this.presence;
    if (presence) presence.add(true);
  }

  protected begin(): void {
    beginPage();
    entries = this.count;
    nulls = 0;
    const presence = this.presence;
    if (presence) presence.encode(this.count);
  }
}

/** Integers, as steps from one to the next. */
export class NumberColumn extends ValueColumn {
  private numbers: usize = allocate(ROW_GROUP << 3);

  add(value: i64): void {
    this.addPresent();
    store<i64>(this.numbers + ((this.count++ as usize) << 3), value);
  }

  /** Changes the value that was added last. */
  setLast(value: i64): void {
    store<i64>(this.numbers + (((this.count - 1) as usize) << 3), value);
  }

  encode(): void {
    this.begin();
    putDeltas(values, this.numbers, this.count);
  }
}

/** Texts of which few are distinct: a dictionary. */
export class NameColumn extends ValueColumn {
  private names: TextTable = new TextTable();
  private indexes: usize = allocate(ROW_GROUP << 2);

  add(start: usize, end: usize): void {
    this.addPresent();
    store<i32>(this.indexes + ((this.count++ as usize) << 2), this.names.intern(start, end));
  }

  encode(): void {
    this.begin();
    dictionary = this.names;
    putIndexes(values, this.indexes, this.count, this.names.size);
  }

  clear(): void {
    super.clear();
    this.names.clear();
  }
}

/** How many texts each row of a list column has. */
class Lengths {
  private lengths: usize = allocate(ROW_GROUP << 2);
  private continues: Bytes = new Bytes();
  private present: Bytes = new Bytes();
  rows: i32 = 0;

  add(length: i32): void {
    store<i32>(this.lengths + ((this.rows++ as usize) << 2), length);
  }

  /** Which entries begin a row, and which hold a value: an empty list doesn't. */
  encode(): void {
    entries = 0;
    nulls = 0;
    for (let row = 0; row < this.rows; row++) {
      const length = this.lengthOf(row);
      entries += length || 1;
      if (length == 0) nulls++;
    }
    const continues = ones(this.continues, entries);
    const present = ones(this.present, entries);
    let entry = 0;
    for (let row = 0; row < this.rows; row++) {
      clearBit(continues, entry);
      if (this.lengthOf(row) == 0) clearBit(present, entry);
      entry += this.lengthOf(row) || 1;
    }
    putFlags(repetition, continues, entries);
    putFlags(definition, present, entries);
  }

  private lengthOf(row: i32): i32 {
    return load<i32>(this.lengths + ((row as usize) << 2));
  }
}

function ones(bits: Bytes, count: i32): usize {
  bits.used = 0;
  bits.reserve((count as usize) / 8 + 8);
  memory.fill(bits.at, 0xff, (count as usize) / 8 + 8);
  return bits.at;
}

function clearBit(bits: usize, i: i32): void {
  const at = bits + (i >> 3);
  store<u8>(at, (load<u8>(at) as u32) & ~(1 << (i & 7)));
}

/** Lists of texts that come again: a dictionary. A row names each text once. */
export class NameListColumn extends Column {
  private names: TextTable = new TextTable();
  private indexes: Bytes = new Bytes(1 << 18);
  private lengths: Lengths = new Lengths();
  private rowStart: usize = 0;

  /** Adds a text to the current row, unless the row has it. */
  add(start: usize, end: usize): void {
    const indexes = this.indexes;
    const index = this.names.intern(start, end);
    for (let at = indexes.at + this.rowStart; at < indexes.end; at += 4) if (load<i32>(at) == index) return;
    indexes.reserve(4 + 32);
    store<i32>(indexes.end, index);
    indexes.used += 4;
  }

  /** Ends the current row. Returns how many texts it has. */
  endRow(): i32 {
    const length = ((this.indexes.used - this.rowStart) >> 2) as i32;
    this.lengths.add(length);
    this.rowStart = this.indexes.used;
    return length;
  }

  encode(): void {
    beginPage();
    this.lengths.encode();
    dictionary = this.names;
    putIndexes(values, this.indexes.at, (this.indexes.used >> 2) as i32, this.names.size);
  }

  clear(): void {
    this.names.clear();
    this.indexes.used = 0;
    this.lengths.rows = 0;
    this.rowStart = 0;
  }
}

/** Lists of texts, written out. */
export class TextListColumn extends Column {
  private texts: Bytes = new Bytes(1 << 20);
  private lengths: Lengths = new Lengths();
  private rowLength: i32 = 0;

  /** Adds a text to the current row. */
  add(start: usize, end: usize): void {
    const texts = this.texts;
    texts.reserve(4 + end - start);
    store<u32>(texts.end, (end - start) as u32);
    copyShort(texts.end + 4, start, end - start);
    texts.used += 4 + end - start;
    this.rowLength++;
  }

  endRow(): void {
    this.lengths.add(this.rowLength);
    this.rowLength = 0;
  }

  encode(): void {
    beginPage();
    this.lengths.encode();
    values.reserve(this.texts.used);
    memory.copy(values.at, this.texts.at, this.texts.used);
    values.used = this.texts.used;
  }

  clear(): void {
    this.texts.used = 0;
    this.lengths.rows = 0;
  }
}
