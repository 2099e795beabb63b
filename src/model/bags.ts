import { EVENT_PARTS, newTally, type Tally } from './model.js';

/** Rows of a model that knows no order: those that differ in their order alone are one bag, its keys in ascending order. */
export interface Bags {
  readonly bags: readonly Int32Array[];
  /** (rows) index in `bags` of each row. */
  readonly of: readonly number[];
}

export function bagsOf(rows: readonly Int32Array[]): Bags {
  const known = new Map<string, number>();
  const bags: Int32Array[] = [];
  const of = rows.map((row) => {
    const bag = row.toSorted();
    const name = bag.join();
    const index = known.get(name) ?? bags.length;
    if (index === bags.length) {
      known.set(name, index);
      bags.push(bag);
    }
    return index;
  });
  return { bags, of };
}

/** The tally of a row from that of its bag. */
export function tallyOfRow(row: Int32Array, bag: Tally): Tally {
  const tally = newTally(bag.length);
  const places = row.map((_, i) => i).sort((a, b) => row[a] - row[b] || a - b);
  for (const part of EVENT_PARTS) {
    places.forEach((place, i) => {
      tally[part][place] = bag[part][i];
    });
    tally[part][row.length] = bag[part][row.length];
  }
  return Object.assign(tally, { distance: bag.distance, rounds: bag.rounds });
}
