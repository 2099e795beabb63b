import type { Dim } from './graph.js';

/**
 * TensorFlow.js computes shapes with plain numbers. While a function is recorded, each symbol is therefore a prime that
 * divides no other number of the model, and a dimension is read back by its prime factors: 667 = 23·29 is B·T.
 */
const PRIMES = [23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113];

export type Encoding = ReadonlyMap<string, number>;

/**
 * Two disjoint encodings of the same symbols. A function whose graph is the same under both contains no symbol in
 * disguise: no `T + 1`, no constant that depends on a size.
 * @param taken the numbers that occur in the function's other dimensions
 */
export function encodings(symbols: readonly string[], taken: readonly number[]): [Encoding, Encoding] {
  const free = PRIMES.filter((p) => taken.every((n) => n % p !== 0));
  if (free.length < 2 * symbols.length) throw new Error(`Too many symbolic dimensions: ${symbols.join(', ')}.`);
  const take = (from: number) => new Map(symbols.map((symbol, i) => [symbol, free[from + i]]));
  return [take(0), take(symbols.length)];
}

export function encodeDim(dim: number | string, encoding: Encoding): number {
  return typeof dim === 'number' ? dim : encoding.get(dim)!;
}

export function decodeDim(size: number, encoding: Encoding): Dim {
  const symbols: string[] = [];
  let factor = size;
  for (const [symbol, prime] of encoding) {
    while (factor > 0 && factor % prime === 0) {
      symbols.push(symbol);
      factor /= prime;
    }
  }
  return symbols.length === 0 ? size : { factor, symbols: symbols.sort() };
}
