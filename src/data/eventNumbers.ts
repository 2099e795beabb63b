import { readEvents } from '../parse/events/eventReader.js';
import { column } from './column.js';

/** The parameters of events as numbers, in the order of rows of events.parquet: row i has those from `starts[i]` to `starts[i + 1]`. */
export interface EventNumbers {
  /** (rows + 1) */
  readonly starts: Uint32Array;
  /** NaN for a parameter that is no plain number. */
  readonly numbers: Float64Array;
}

/** A decimal number as people write quantities: up to 15 digits, which a double holds, and no zeros before them. */
const PLAIN = /^[-+]?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;

export function plainNumber(text: string): number {
  return PLAIN.test(text) ? Number(text) : Number.NaN;
}

/** Gathers the parameters of events, which are added in the order of rows. */
export class NumberTable {
  private readonly starts = column(Uint32Array);
  private readonly numbers = column(Float64Array);

  add(parameters: readonly string[]): void {
    this.starts.push(this.numbers.length);
    for (const text of parameters) this.numbers.push(plainNumber(text));
  }

  finish(): EventNumbers {
    this.starts.push(this.numbers.length);
    return { starts: this.starts.array(), numbers: this.numbers.array() };
  }
}

/** @param path events.parquet */
export async function readNumbers(path: string): Promise<EventNumbers> {
  const table = new NumberTable();
  for await (const { parameters } of readEvents(path, ['parameters'])) for (const texts of parameters) table.add(texts);
  return table.finish();
}
