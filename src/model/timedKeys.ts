/*
 * A model that reads times takes a row's keys with the class of the pause before each (src/data/pauses.ts) in the bits above
 * them: rows are told apart, cut and batched like those of any model.
 */

const KEY_BITS = 24;
const KEY = (1 << KEY_BITS) - 1;

/** Each key with its pause; keys alone where none are told. */
export function withPauses(keys: Int32Array, pauses: ArrayLike<number> | undefined): Int32Array {
  return pauses ? keys.map((key, i) => key | (pauses[i] << KEY_BITS)) : keys;
}

export function keysOf(row: Int32Array): Int32Array {
  return row.map((timed) => timed & KEY);
}

export function pausesOf(row: Int32Array): Int32Array {
  return row.map((timed) => timed >>> KEY_BITS);
}
