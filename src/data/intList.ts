/** A list grows by whole chunks of 2^18 integers, so that nothing is copied and little is empty. */
const BITS = 18;
const CHUNK = 1 << BITS;

/** A list of 32-bit integers that grows, at four bytes each. */
export class IntList {
  private readonly chunks: Int32Array[] = [];
  private at = CHUNK;
  last = 0;

  constructor(values: Iterable<number> = []) {
    for (const value of values) this.push(value);
  }

  get length(): number {
    return this.chunks.length * CHUNK - CHUNK + this.at;
  }

  push(value: number): void {
    if (this.at === CHUNK) {
      this.chunks.push(new Int32Array(CHUNK));
      this.at = 0;
    }
    this.chunks[this.chunks.length - 1][this.at++] = value;
    this.last = value;
  }

  get(index: number): number {
    return this.chunks[index >>> BITS][index & (CHUNK - 1)];
  }

  toArray(): Int32Array {
    const whole = new Int32Array(this.length);
    this.chunks.forEach((chunk, i) => {
      whole.set(chunk.subarray(0, Math.min(CHUNK, this.length - i * CHUNK)), i * CHUNK);
    });
    return whole;
  }
}
