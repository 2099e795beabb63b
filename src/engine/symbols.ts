import type { Dim, Sums } from './graph.js';

/**
 * TensorFlow.js computes shapes with plain numbers. While a function is recorded, each symbol is therefore a prime that
 * divides no other number of the model, and a dimension is read back by its prime factors: 667 = 23·29 is B·T.
 *
 * A symbol that is another one plus a number, S = T + 3, has no prime of its own; T is then chosen so that S has a prime
 * factor that nothing else has, its mark: with T = 31, 17 is the mark of S = 34.
 */
export type Encoding = ReadonlyMap<string, { readonly size: number; readonly mark: number }>;

const PRIMES = Array.from({ length: 1000 }, (_, n) => n).filter((n) => n >= 23 && largestFactor(n) === n);
/** Smaller marks could be factors of anything. */
const SMALLEST_MARK = 11;

/**
 * Two disjoint encodings of the same symbols. A function whose graph is the same under both contains no symbol in
 * disguise: no `T + 1` that isn't one of the sums, no constant that depends on a size.
 * @param taken the numbers that occur in the function's other dimensions
 */
export function encodings(symbols: readonly string[], taken: readonly number[], sums: Sums = {}): [Encoding, Encoding] {
  let next = 0;
  const take = (): Encoding => {
    const encoding = new Map<string, { size: number; mark: number }>();
    for (const symbol of symbols) {
      const own = Object.entries(sums).filter(([, { of }]) => of === symbol);
      for (; ; next++) {
        if (next >= PRIMES.length) throw new Error(`Too many symbolic dimensions: ${symbols.join(', ')}.`);
        const sizes = [PRIMES[next], ...own.map(([, { plus }]) => PRIMES[next] + plus)];
        if (!fit(sizes, [...taken, ...[...encoding.values()].map(({ size }) => size)], encoding)) continue;
        [symbol, ...own.map(([name]) => name)].forEach((name, i) => {
          encoding.set(name, { size: sizes[i], mark: largestFactor(sizes[i]) });
        });
        break;
      }
    }
    next++;
    return encoding;
  };
  return [take(), take()];
}

/** Whether each size has a mark that divides neither another size nor a number that is taken. */
function fit(sizes: readonly number[], taken: readonly number[], encoding: Encoding): boolean {
  const marks = sizes.map(largestFactor);
  const known = [...encoding.values()].map(({ mark }) => mark);
  return marks.every(
    (mark, i) =>
      mark >= SMALLEST_MARK &&
      [...taken, ...sizes.filter((_, j) => j !== i)].every((n) => n % mark !== 0) &&
      known.every((other) => sizes[i] % other !== 0),
  );
}

function largestFactor(n: number): number {
  let largest = 1;
  for (let p = 2; n > 1; p++) {
    for (; n % p === 0; n /= p) largest = p;
  }
  return largest;
}

export function encodeDim(dim: number | string, encoding: Encoding): number {
  return typeof dim === 'number' ? dim : encoding.get(dim)!.size;
}

export function decodeDim(dim: number, encoding: Encoding): Dim {
  const symbols: string[] = [];
  let factor = dim;
  for (const [symbol, { size, mark }] of encoding) {
    while (factor > 0 && factor % mark === 0 && factor % size === 0) {
      symbols.push(symbol);
      factor /= size;
    }
  }
  return symbols.length === 0 ? dim : { factor, symbols: symbols.sort() };
}
