import { firstNotBelow } from '../data/firstNotBelow.js';
import { orderStatistic } from '../data/quantile.js';

/** Above this quantile of the values their tail begins. */
const TAIL = 0.9;

/**
 * How seldom normal sequences have a score as high as one: the empirical tail probability (1 + #{v >= x}) / (1 + n) up to the .9
 * quantile of the n values v, and beyond it an exponential distribution of what exceeds that quantile. Its mean is
 * that of the excesses, or that of an exponential body from the median on where this is larger, so that values which happen
 * to lie close together do not make everything beyond them impossible. It has no bound: what lies far beyond all
 * values is told from what lies just beyond.
 */
export class Tail {
  private readonly sorted: Float64Array;
  private readonly start: number;
  /** Probability of a value beyond `start`. */
  private readonly beyond: number;
  private readonly mean: number;

  /** @param values scores of normal sequences, in any order */
  constructor(values: ArrayLike<number>) {
    this.sorted = Float64Array.from(values).sort();
    this.start = orderStatistic(values, TAIL);
    const excesses = this.sorted.filter((value) => value > this.start).map((value) => value - this.start);
    this.beyond = (1 + excesses.length) / (1 + this.sorted.length);
    const ofExcesses = excesses.reduce((sum, excess) => sum + excess, 0) / Math.max(1, excesses.length);
    const ofBody = (this.start - orderStatistic(values, 0.5)) / Math.log(0.5 / (1 - TAIL));
    this.mean = Math.max(ofExcesses, ofBody);
  }

  /** The negative logarithm of the tail probability, in nats: never less for a higher score. */
  surprise(score: number): number {
    const { sorted } = this;
    if (!(score > this.start))
      return -Math.log((1 + sorted.length - firstNotBelow(sorted, score)) / (1 + sorted.length));
    return -Math.log(this.beyond) + (this.mean > 0 ? (score - this.start) / this.mean : 0);
  }
}
