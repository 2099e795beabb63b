type Numbers = Int32Array | Uint32Array | Uint16Array | Uint8Array | Float64Array;

/** A list of numbers of one type that grows by doubling. */
export class Column<T extends Numbers> {
  length = 0;
  private values: T;

  constructor(private readonly type: new (length: number) => T) {
    this.values = new type(1024);
  }

  push(value: number): void {
    if (this.length === this.values.length) {
      const grown = new this.type(this.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = value;
  }

  /** The numbers so far; a view, valid until the next `push`. */
  array(): T {
    return this.values.subarray(0, this.length) as T;
  }
}
