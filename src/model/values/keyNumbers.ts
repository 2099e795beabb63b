/** Index of the pause before an event among its parameters: ln(1 + seconds since the event before). */
export const ELAPSED = -1;

/** Values that training has to hold of a quantity before its mean and deviation say something. */
const LEAST = 10;
/** A number that grows with so many of its changes is a counter, a time or an id: what comes next was never there. */
const COUNTER = 0.95;

/** The numbers of one key. */
export class KeyNumbers {
  private readonly pause = new Place(ELAPSED);
  /** How many events have so many parameters: those from before a template became as general as it is have fewer. */
  private readonly counts = new Map<number, number>();
  private places: Place[] | undefined;

  meet(pause: number, parameters: number): void {
    if (!Number.isNaN(pause)) this.pause.add(pause);
    this.counts.set(parameters, (this.counts.get(parameters) ?? 0) + 1);
  }

  /** Parameters of most events; -1: there is no event. */
  get count(): number {
    let [best, most] = [-1, 0];
    for (const [count, times] of this.counts)
      if (times > most || (times === most && count > best)) [best, most] = [count, times];
    return best;
  }

  add(parameters: Float64Array): void {
    this.places ??= Array.from({ length: this.count }, (_, index) => new Place(index));
    if (parameters.length !== this.places.length) return;
    for (const [j, place] of this.places.entries()) place.add(parameters[j]);
  }

  /** The pause first. */
  columns(): Place[] {
    return [this.pause, ...this.quantities()].filter(({ known }) => known);
  }

  quantities(): Place[] {
    return (this.places ?? []).filter(({ known, isCounter }) => known && !isCounter);
  }

  counters(): number {
    return (this.places ?? []).filter(({ known, isCounter }) => known && isCounter).length;
  }

  get met(): boolean {
    return this.counts.size > 0;
  }

  get hasPause(): boolean {
    return this.pause.known;
  }
}

/** What one place of a template held. */
class Place {
  readonly moments = new Moments();
  private isNumber = true;
  private last = Number.NaN;
  private changes = 0;
  private rises = 0;

  constructor(readonly index: number) {}

  add(value: number): void {
    if (Number.isNaN(value)) this.isNumber = false;
    this.moments.add(value);
    if (value !== this.last && !Number.isNaN(this.last)) {
      this.changes++;
      if (value > this.last) this.rises++;
    }
    this.last = value;
  }

  get known(): boolean {
    return this.isNumber && this.moments.count >= LEAST;
  }

  get isCounter(): boolean {
    return this.changes >= LEAST && this.rises >= COUNTER * this.changes;
  }
}

/** Mean and variance in one pass (Welford, 1962). */
class Moments {
  count = 0;
  mean = 0;
  private squares = 0;

  add(value: number): void {
    this.count++;
    const before = value - this.mean;
    this.mean += before / this.count;
    this.squares += before * (value - this.mean);
  }

  /** The standard deviation; of a number that never changed a tenth of it, or 1: another value has to be something new. */
  get scale(): number {
    const deviation = Math.sqrt(this.squares / this.count);
    return deviation > 0 ? deviation : Math.max(Math.abs(this.mean) / 10, 1);
  }
}
