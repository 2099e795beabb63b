import type { HostTensor } from '../../src/engine/engine.js';
import { Random } from '../../src/random.js';

/** Seeded tensors for tests. */
export class RandomTensors {
  private readonly random: Random;

  constructor(seed: number) {
    this.random = new Random('test', seed);
  }

  float(shape: number[], scale = 1): HostTensor {
    return { data: Float32Array.from({ length: size(shape) }, () => this.random.normal() * scale), shape };
  }

  positive(shape: number[]): HostTensor {
    return { data: Float32Array.from({ length: size(shape) }, () => 0.1 + this.random.next() * 2), shape };
  }

  int(shape: number[], below: number): HostTensor {
    return { data: Int32Array.from({ length: size(shape) }, () => this.random.int(below)), shape };
  }
}

export function size(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** Largest difference of two tensors, as a share of the largest entry of the second. */
export function difference(actual: HostTensor, expected: HostTensor): number {
  if (actual.shape.join() !== expected.shape.join()) return Number.POSITIVE_INFINITY;
  let scale = 1e-6;
  let largest = 0;
  for (let i = 0; i < expected.data.length; i++) {
    scale = Math.max(scale, Math.abs(expected.data[i]));
    largest = Math.max(largest, Math.abs(actual.data[i] - expected.data[i]));
  }
  return largest / scale;
}
