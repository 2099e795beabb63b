const BLANK = 32;

/** The bytes of a layout's literal text: a run of blanks is one blank, which stands for any number of them. */
export function literalBytes(text: string): Uint8Array {
  return Buffer.from(text.replace(/ +/g, ' '));
}

/**
 * Where `literal` ends if it begins at `at` in `bytes[0, end)`; otherwise -1. The end of the line counts as blank,
 * since trailing blanks are often lost.
 */
export function literalEnd(literal: Uint8Array, bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  for (let l = 0; l < literal.length; l++) {
    if (literal[l] !== BLANK) {
      if (i >= end || bytes[i] !== literal[l]) return -1;
      i++;
    } else if (i < end) {
      if (bytes[i] !== BLANK) return -1;
      while (i < end && bytes[i] === BLANK) i++;
    }
  }
  return i;
}
