import type { HostTensors } from '../../engine/engine.js';

/** Errors of a quantity from which a Gaussian of its own is estimated; with fewer it has that of all quantities. */
const LEAST = 20;
/** Least deviation, in deviations of the quantity itself: what is less off than that is nothing that anyone asks for. */
const FLOOR = 0.05;

const MEAN = 'values/errors/mean';
const DEVIATION = 'values/errors/deviation';

/** How far each quantity of each key usually is from what is predicted: a Gaussian each. V keys, P quantities. */
export class Errors {
  /** @param mean (V x P) @param deviation (V x P) @param width P */
  private constructor(
    private readonly mean: Float32Array,
    private readonly deviation: Float32Array,
    private readonly width: number,
  ) {}

  /** @param events keys with what was found and predicted, of events that weren't learnt from; NaN where there is none */
  static fit(
    events: Iterable<readonly [key: number, found: Float32Array, predicted: Float32Array]>,
    V: number,
    P: number,
  ): Errors {
    const all = new Sums();
    const own = Array.from({ length: V * P }, () => new Sums());
    for (const [key, found, predicted] of events) {
      for (let p = 0; p < P; p++) {
        const error = found[p] - predicted[p];
        if (Number.isNaN(error)) continue;
        all.add(error);
        own[key * P + p].add(error);
      }
    }
    const sums = own.map((sum) => (sum.count >= LEAST ? sum : all));
    const numbers = (of: (sums: Sums) => number) => Float32Array.from(sums, of);
    return new Errors(
      numbers(({ mean }) => mean),
      numbers(({ deviation }) => deviation),
      P,
    );
  }

  /** Undefined where the tensors have none. */
  static from(tensors: HostTensors): Errors | undefined {
    const [mean, deviation] = [tensors[MEAN], tensors[DEVIATION]];
    return mean && new Errors(mean.data as Float32Array, deviation.data as Float32Array, mean.shape[1]);
  }

  tensors(): HostTensors {
    const { mean, deviation, width } = this;
    const shape = [mean.length / width, width];
    return { [MEAN]: { data: mean, shape }, [DEVIATION]: { data: deviation, shape } };
  }

  /** How far each quantity of an event lies above (or below: negative) what was expected, in standard deviations of its errors; NaN where there is none. */
  deviations(key: number, found: Float32Array, predicted: Float32Array): Float32Array {
    const at = key * this.width;
    return found.map((value, p) => (value - predicted[p] - this.mean[at + p]) / this.deviation[at + p]);
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
