/** Seconds, or as many as the log is worth: two minutes at most. */
export type BudgetOption = number | 'auto';

const AUTO = 120;

/** Wall time that all of a `fit` may take, from now on. */
export class Budget {
  readonly seconds: number;
  /** Whether a small log gets less. */
  readonly sparing: boolean;
  private readonly started = performance.now();

  /** @param option undefined: it may take as long as it likes */
  constructor(option: BudgetOption | undefined) {
    this.seconds = option === 'auto' ? AUTO : (option ?? Number.POSITIVE_INFINITY);
    this.sparing = option === 'auto';
  }

  /** When a part of it is used up, on the clock of `performance.now()`. */
  until(part: number): number {
    return this.started + this.seconds * 1000 * part;
  }

  /** Seconds used up so far. */
  get spent(): number {
    return (performance.now() - this.started) / 1000;
  }
}

/** Ends a pass over logs at a time, or behind the lines that a pass before it read. */
export class ReadingEnd {
  /** Lines that were read when it ended the pass; undefined while it hasn't. */
  lines: number | undefined;

  /** @param deadline on the clock of `performance.now()` */
  constructor(
    private readonly deadline: number,
    private readonly most = Number.POSITIVE_INFINITY,
  ) {}

  readonly enough = (lines: number): boolean => {
    if (lines === 0 || (lines < this.most && performance.now() < this.deadline)) return false;
    this.lines = lines;
    return true;
  };
}
