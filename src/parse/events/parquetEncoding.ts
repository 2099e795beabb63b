const BLOCK = 128;
const MINIBLOCK = 32;

/** A growing byte buffer. */
export class Bytes {
  data = new Uint8Array(1 << 12);
  length = 0;

  /** Makes room for `more` bytes. */
  reserve(more: number): void {
    if (this.length + more <= this.data.length) return;
    const grown = new Uint8Array(Math.max(this.data.length * 2, this.length + more));
    grown.set(this.data.subarray(0, this.length));
    this.data = grown;
  }

  /** Appends a number below 2^53 as a ULEB128 varint. */
  varint(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.data[this.length++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.data[this.length++] = rest;
  }

  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.data.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** A copy of what has been written. */
  take(): Uint8Array {
    return this.data.slice(0, this.length);
  }
}

/** Parquet's DELTA_BINARY_PACKED for integers below 2^53 whose steps differ by less than 2^45. */
export function deltaPacked(values: ArrayLike<number>, count: number): Uint8Array {
  const out = new Bytes();
  out.varint(BLOCK);
  out.varint(BLOCK / MINIBLOCK);
  out.varint(count);
  out.zigzag(count > 0 ? values[0] : 0);
  const deltas = new Float64Array(BLOCK);
  for (let start = 1; start < count; start += BLOCK) {
    const length = Math.min(BLOCK, count - start);
    let least = Infinity;
    for (let i = 0; i < length; i++) {
      deltas[i] = values[start + i] - values[start + i - 1];
      if (deltas[i] < least) least = deltas[i];
    }
    for (let i = 0; i < BLOCK; i++) deltas[i] = i < length ? deltas[i] - least : 0;
    out.zigzag(least);
    packBlock(out, deltas, length);
  }
  return out.take();
}

function packBlock(out: Bytes, deltas: Float64Array, length: number): void {
  out.reserve(4 + BLOCK * 8);
  const widthsAt = out.length;
  out.length += BLOCK / MINIBLOCK;
  for (let miniblock = 0; miniblock < BLOCK / MINIBLOCK; miniblock++) {
    const start = miniblock * MINIBLOCK;
    let greatest = 0;
    for (let i = start; i < start + MINIBLOCK; i++) if (deltas[i] > greatest) greatest = deltas[i];
    const width = start < length ? widthOf(greatest) : 0;
    out.data[widthsAt + miniblock] = width;
    if (width > 24) packWide(out, deltas, start, start + MINIBLOCK, width);
    else if (width > 0) packNarrow(out, deltas, start, start + MINIBLOCK, width);
  }
}

/** Packs values of up to 24 bits, least significant bit first. */
function packNarrow(out: Bytes, values: ArrayLike<number>, start: number, end: number, width: number): void {
  const { data } = out;
  let at = out.length;
  let pending = 0;
  let bits = 0;
  for (let i = start; i < end; i++) {
    pending |= values[i] << bits;
    bits += width;
    while (bits >= 8) {
      data[at++] = pending;
      pending >>>= 8;
      bits -= 8;
    }
  }
  out.length = at;
}

/** Packs values of up to 45 bits, least significant bit first; a multiple of 8 values. */
function packWide(out: Bytes, values: Float64Array, start: number, end: number, width: number): void {
  if (width > 45) throw new Error(`a step of ${width} bits can't be packed`);
  let pending = 0;
  let scale = 1;
  const step = 2 ** width;
  for (let i = start; i < end; i++) {
    pending += values[i] * scale;
    scale *= step;
    while (scale >= 256) {
      const high = Math.floor(pending / 256);
      out.data[out.length++] = pending - high * 256;
      pending = high;
      scale /= 256;
    }
  }
}

/** Values below 2^24 in Parquet's hybrid encoding, as one run: repeated if all are 0, else packed. */
export function hybridRun(values: Int32Array, count: number, greatest: number): { width: number; bytes: Uint8Array } {
  const out = new Bytes();
  if (greatest === 0) {
    out.varint(count * 2);
    out.varint(0);
    return { width: 1, bytes: out.take() };
  }
  const width = widthOf(greatest);
  const groups = (count + 7) >> 3;
  out.varint(groups * 2 + 1);
  out.reserve(groups * width);
  const whole = count & ~7;
  const last = new Int32Array(8);
  last.set(values.subarray(whole, count));
  packNarrow(out, values, 0, whole, width);
  if (whole < count) packNarrow(out, last, 0, 8, width);
  return { width, bytes: out.take() };
}

/** `count` flags that are packed already, least significant bit first, as one run of the hybrid encoding. */
export function hybridFlags(flags: Uint8Array, count: number): Uint8Array {
  const groups = (count + 7) >> 3;
  const out = new Bytes();
  out.varint(groups * 2 + 1);
  out.append(flags.subarray(0, groups));
  return out.take();
}

/** `count` times the flag 1. */
export function hybridOnes(count: number): Uint8Array {
  const out = new Bytes();
  out.varint(count * 2);
  out.varint(1);
  return out.take();
}

function widthOf(greatest: number): number {
  let width = 0;
  for (let rest = greatest; rest >= 1; rest = Math.floor(rest / 2)) width++;
  return width;
}
