import { column } from '../data/column.js';
import { StringTable } from '../parse/events/stringTable.js';

/** Where a template comes from: the bits of a template's number above its id. */
export const ORIGIN_BITS = 24;
/** A template that was learnt. */
export const KNOWN = 0;
/** A template of lines that match nothing learnt. */
export const FRESH = 1;
/** The shape of lines without the format's layout: one that was learnt, or a new one. */
export const ODD = 2;
export const FRESH_ODD = 3;

export function originOf(template: number): number {
  return template >> ORIGIN_BITS;
}

/** The lines of a log as columns: row i is the i-th line that isn't blank or the continuation of another. */
export interface Events {
  rows: number;
  /** Index of the file. */
  file: Uint16Array;
  /** 1-based in its file. */
  line: Uint32Array;
  /** Milliseconds since 1970-01-01 UTC; NaN where the line gives no time. */
  time: Float64Array;
  /** Id of the template with its origin above. */
  template: Int32Array;
  /** Class of severity, 0 to 5 (severity.ts). */
  severity: Uint8Array;
  /** Index in `components`. */
  component: Int32Array;
  /** 1: the line continues the record of the row before. */
  joined: Uint8Array;
  /** Hash of the message: equal messages have equal hashes. */
  message: Int32Array;
  /** Row i has the values `valueStart[i]` to `valueStart[i + 1]`. */
  valueStart: Uint32Array;
  /**
   * Place of a value in its message: token, how many values the token has, which one of them (64, 8, 1). From `FIELD` on: a
   * named value, with its name's index in `fields`.
   */
  slot: Uint32Array;
  /** A number, or an index in `words`. */
  value: Float64Array;
  /** `NUMBER`, `WORD`, or `FREE`: a text of which only is known that it is there. */
  type: Uint8Array;
  /** Pairs of row and session, in order of rows. */
  sessionRow: Uint32Array;
  session: Int32Array;
  components: StringTable;
  words: StringTable;
  fields: StringTable;
  sessions: StringTable;
}

/** Types of a value. */
export const NUMBER = 0;
export const WORD = 1;
export const FREE = 2;

/** Slot of the first named value: more than the slots of any message. */
export const FIELD = 1 << 24;

/** A part of the rows. */
export interface Span {
  from: number;
  to: number;
}

/** Different words that are kept; a place with so many is no choice of few. */
const MAX_WORDS = 1 << 18;
const MAX_WORD_BYTES = 80;

/** Gathers events row by row. */
export class EventTable {
  readonly components = new StringTable();
  readonly words = new StringTable();
  readonly fields = new StringTable();
  readonly sessions = new StringTable();
  private readonly file = column(Uint16Array);
  private readonly line = column(Uint32Array);
  private readonly time = column(Float64Array);
  private readonly template = column(Int32Array);
  private readonly severity = column(Uint8Array);
  private readonly component = column(Int32Array);
  private readonly joined = column(Uint8Array);
  private readonly message = column(Int32Array);
  private readonly valueStart = column(Uint32Array);
  private readonly slot = column(Uint32Array);
  private readonly value = column(Float64Array);
  private readonly type = column(Uint8Array);
  private readonly sessionRow = column(Uint32Array);
  private readonly session = column(Int32Array);

  get rows(): number {
    return this.line.length;
  }

  /** Begins a row; values and sessions that come after belong to it. */
  row(file: number, line: number, time: number, template: number, message: number, joined = false): void {
    this.file.push(file);
    this.line.push(line);
    this.time.push(time);
    this.template.push(template);
    this.message.push(message);
    this.joined.push(joined ? 1 : 0);
    this.valueStart.push(this.value.length);
  }

  /** Ends a row. */
  header(severity: number, component: number): void {
    this.severity.push(severity);
    this.component.push(component);
  }

  number(slot: number, value: number): void {
    this.slot.push(slot);
    this.value.push(value);
    this.type.push(NUMBER);
  }

  word(slot: number, bytes: Uint8Array, start: number, end: number): void {
    if (end - start > MAX_WORD_BYTES || this.words.size >= MAX_WORDS) {
      this.freeText(slot);
      return;
    }
    this.slot.push(slot);
    this.value.push(this.words.intern(bytes, start, end));
    this.type.push(WORD);
  }

  freeText(slot: number): void {
    if (slot < FIELD) return;
    this.slot.push(slot);
    this.value.push(0);
    this.type.push(FREE);
  }

  /** Slot of a named value. */
  fieldSlot(name: string): number {
    const bytes = Buffer.from(name);
    return FIELD + this.fields.intern(bytes, 0, bytes.length);
  }

  inSession(bytes: Uint8Array, start: number, end: number): void {
    const row = this.rows - 1;
    const session = this.sessions.intern(bytes, start, end);
    // A line may name its session more than once.
    if (this.sessionRow.last === row && this.session.last === session) return;
    this.sessionRow.push(row);
    this.session.push(session);
  }

  finish(): Events {
    const valueStart = new Uint32Array(this.rows + 1);
    valueStart.set(this.valueStart.array());
    valueStart[this.rows] = this.value.length;
    return {
      rows: this.rows,
      file: this.file.array(),
      line: this.line.array(),
      time: this.time.array(),
      template: this.template.array(),
      severity: this.severity.array(),
      component: this.component.array(),
      joined: this.joined.array(),
      message: this.message.array(),
      valueStart,
      slot: this.slot.array(),
      value: this.value.array(),
      type: this.type.array(),
      sessionRow: this.sessionRow.array(),
      session: this.session.array(),
      components: this.components,
      words: this.words,
      fields: this.fields,
      sessions: this.sessions,
    };
  }
}
