import type { Noise } from '../engine/engine.js';
import { Random } from '../random.js';

const POOL = 1 << 22;

/**
 * Dropout masks as windows at random offsets into one pool of random numbers that is made beforehand: making fresh
 * numbers at each step would cost a good part of it. The masks of a step are a pure function of (seed, step).
 */
export class DropoutPool {
  private readonly pools = new Map<number, Float32Array>();

  constructor(private readonly seed: number) {}

  /** The masks of one training step. */
  at(step: number): Noise {
    const offsets = new Random(this.seed, 'dropout', step);
    return (_, length, rate) => {
      const pool = this.pool(rate, length);
      const start = offsets.int(pool.length - length + 1);
      return pool.subarray(start, start + length);
    };
  }

  private pool(rate: number, length: number): Float32Array {
    const known = this.pools.get(rate);
    if (known && known.length >= 2 * length) return known;
    const random = new Random(this.seed, 'dropout pool', rate);
    const kept = 1 / (1 - rate);
    const size = Math.max(POOL, 2 * length);
    const pool = Float32Array.from({ length: size }, () => (random.next() < rate ? 0 : kept));
    this.pools.set(rate, pool);
    return pool;
  }
}
