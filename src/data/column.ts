type Numbers = Int8Array | Int32Array | Uint32Array | Uint16Array | Uint8Array | Float64Array;

/** A list of numbers of one type that grows by doubling. */
export interface Column<T extends Numbers> {
  readonly length: number;
  last: number;
  push(value: number): void;
  /** The numbers so far; a view, valid until the next `push`. */
  array(): T;
}

/**
 * A new column, with room for `capacity` numbers before it grows. Each has code of its own: shared by columns of
 * several types it would be three times slower.
 */
export function column<T extends Numbers>(type: new (length: number) => T, capacity = 1024): Column<T> {
  let values = new type(capacity);
  let length = 0;
  return {
    get length() {
      return length;
    },
    get last() {
      return values[length - 1];
    },
    set last(value) {
      values[length - 1] = value;
    },
    push(value) {
      if (length === values.length) {
        const grown = new type(Math.max(1024, length * 2));
        grown.set(values);
        values = grown;
      }
      values[length++] = value;
    },
    array: () => values.subarray(0, length) as T,
  };
}
