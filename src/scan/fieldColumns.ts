import type { NamedValue } from '../parse/formats/header.js';
import { jsonText } from '../parse/formats/structuredReader.js';
import type { EventTable } from './events.js';
import { numberIn } from './numberIn.js';

/** Different texts of a field that are told apart; a field with more is free text. */
const MAX_TEXTS = 1000;
/** Fields of one line that are looked at, and of a whole log: some programs write keys of maps as names. */
const MAX_FIELDS = 64;
const MAX_NAMES = 2000;
/** Milliseconds of the units in which programs write how long something took. */
const UNITS: Record<string, number> = { ns: 1e-6, µs: 1e-3, us: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const SPAN = /^(\d+(?:\.\d+)?)(ns|µs|us|ms|s|m|h)$/;

/** Names of what is new with each start of a program, or each thread of it. */
const PASSING = /(?:^|[._])(?:pid|tid|thread|process)(?:_?id)?$/i;

/** Puts the named values of lines into their rows. */
export class FieldColumns {
  private readonly texts = new Map<string, Set<string>>();
  /** Slot of each name; undefined for one that isn't compared. */
  private readonly slots = new Map<string, number | undefined>();

  constructor(private readonly table: EventTable) {}

  /** Adds to the row that was begun last. */
  add(fields: Iterable<NamedValue>): void {
    let left = MAX_FIELDS;
    for (const [name, value] of fields) {
      if (left-- === 0) return;
      const slot = this.slotOf(name);
      if (slot === undefined || value === undefined) continue;
      const plain = typeof value === 'string' ? numberOf(value) : value;
      if (typeof plain === 'number') this.table.number(slot, plain);
      else this.addText(slot, name, plain);
    }
  }

  private slotOf(name: string): number | undefined {
    if (!this.slots.has(name)) {
      if (this.slots.size >= MAX_NAMES) return undefined;
      this.slots.set(name, PASSING.test(name) ? undefined : this.table.fieldSlot(name));
    }
    return this.slots.get(name);
  }

  private addText(slot: number, name: string, value: unknown): void {
    const text = typeof value === 'string' || value === null ? String(value) : jsonText(value);
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
