import type { NamedValue } from '../parse/formats/header.js';
import type { EventTable } from './events.js';
import { numberIn } from './numberIn.js';

/** Different texts of a field that are told apart; a field with more is free text. */
const MAX_TEXTS = 1000;
/** Fields of one line that are looked at. */
const MAX_FIELDS = 64;
/** Milliseconds of the units in which programs write how long something took. */
const UNITS: Record<string, number> = { ns: 1e-6, µs: 1e-3, us: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const SPAN = /^(\d+(?:\.\d+)?)(ns|µs|us|ms|s|m|h)$/;

/** Names of what is new with each start of a program, or each thread of it. */
const PASSING = /(?:^|[._])(?:pid|tid|thread|process)(?:_?id)?$/i;

/** Puts the named values of lines into their rows. */
export class FieldColumns {
  private readonly texts = new Map<string, Set<string>>();

  constructor(private readonly table: EventTable) {}

  /** Adds to the row that was begun last. */
  add(fields: Iterable<NamedValue>): void {
    let left = MAX_FIELDS;
    for (const [name, value] of fields) {
      if (left-- === 0) return;
      if (value === undefined || PASSING.test(name)) continue;
      const slot = this.table.fieldSlot(name);
      const plain = typeof value === 'string' ? numberOf(value) : value;
      if (typeof plain === 'number') this.table.number(slot, plain);
      else this.addText(slot, name, plain);
    }
  }

  private addText(slot: number, name: string, value: unknown): void {
    const text = typeof value === 'string' || value === null ? String(value) : JSON.stringify(value);
    const known = this.texts.get(name) ?? new Set();
    this.texts.set(name, known);
    if (known.size < MAX_TEXTS) known.add(text);
    if (known.has(text)) {
      const bytes = Buffer.from(text);
      this.table.word(slot, bytes, 0, bytes.length);
    } else this.table.freeText(slot);
  }
}

/** A number that is written as text, spans of time in milliseconds; other text as it is. */
function numberOf(text: string): number | string {
  const [, amount, unit] = SPAN.exec(text) ?? [];
  if (amount !== undefined) return Number(amount) * UNITS[unit];
  const bytes = Buffer.from(text);
  const number = numberIn(bytes, 0, bytes.length);
  return Number.isNaN(number) ? text : number;
}
