import type { HostTensors } from '../../engine/engine.js';

/** Errors of a key from which a Gaussian of its own is estimated; with fewer it has that of all keys. */
const LEAST = 20;
/** Least deviation: a tenth of a standard deviation more than was ever seen, squared, is nothing that anyone asks for. */
const FLOOR = 0.01;

const MEAN = 'values/errors/mean';
const DEVIATION = 'values/errors/deviation';

/** How large the errors of each key usually are: a Gaussian each (Du et al., CCS 2017, section 3.2). V keys. */
export class Errors {
  /** @param mean (V) @param deviation (V) */
  private constructor(
    private readonly mean: Float32Array,
    private readonly deviation: Float32Array,
  ) {}

  /** @param events key and error of events that weren't learnt from; NaN where nothing was predicted */
  static fit(events: Iterable<readonly [key: number, error: number]>, V: number): Errors {
    const all = new Sums();
    const own = Array.from({ length: V }, () => new Sums());
    for (const [key, error] of events) {
      if (Number.isNaN(error)) continue;
      all.add(error);
      own[key].add(error);
    }
    const sums = own.map((key) => (key.count >= LEAST ? key : all));
    return new Errors(
      Float32Array.from(sums, ({ mean }) => mean),
      Float32Array.from(sums, ({ deviation }) => deviation),
    );
  }

  /** Undefined where the tensors have none. */
  static from(tensors: HostTensors): Errors | undefined {
    if (!tensors[MEAN]) return undefined;
    return new Errors(tensors[MEAN].data as Float32Array, tensors[DEVIATION].data as Float32Array);
  }

  tensors(): HostTensors {
    const shape = [this.mean.length];
    return { [MEAN]: { data: this.mean, shape }, [DEVIATION]: { data: this.deviation, shape } };
  }

  /** How many standard deviations an error lies above the mean of its key's. */
  deviations(key: number, error: number): number {
    return (error - this.mean[key]) / this.deviation[key];
  }
}

class Sums {
  count = 0;
  private sum = 0;
  private squares = 0;

  add(error: number): void {
    this.count++;
    this.sum += error;
    this.squares += error * error;
  }

  get mean(): number {
    return this.count > 0 ? this.sum / this.count : 0;
  }

  get deviation(): number {
    const variance = this.count > 0 ? this.squares / this.count - this.mean ** 2 : 0;
    return Math.max(FLOOR, Math.sqrt(Math.max(0, variance)));
  }
}
