import { orderStatistic } from '../data/quantile.js';
import { UserError } from '../error.js';
import { bestF1, type Ranking } from './metrics.js';

/** A session whose score exceeds `value` is an alert. */
export interface Threshold {
  /** How it was chosen, in words. */
  rule: string;
  value: number;
  /** The part of the sessions that it was chosen on; `test` means that it has seen the test labels. */
  chosenOn: 'train' | 'validation' | 'test';
}

/**
 * The label-free rule of the strict protocol: the order statistic x(k) of the n validation scores, k = ceil(q n), so
 * that at most a share of 1 - q of the validation sessions are alerts. No interpolation: the value is a score that
 * occurred.
 * @param q quantile, 0 < q <= 1; 1 is the largest score
 * @throws UserError without validation scores
 */
export function quantileThreshold(scores: ArrayLike<number>, q: number): Threshold {
  if (scores.length === 0) {
    throw new UserError(
      'No validation session has a score, so there is nothing to take the threshold from. Train on more sessions, or use the paper protocol.',
    );
  }
  return { rule: `quantile ${q} of validation scores`, value: orderStatistic(scores, q), chosenOn: 'validation' };
}

/**
 * The rule of the LogBERT authors' code: the threshold with the best F1 on the test labels. Undefined where a class is
 * absent.
 */
export function oracleThreshold(ranking: Ranking): Threshold | undefined {
  const best = bestF1(ranking);
  if (!best) return undefined;
  return { rule: 'best F1 on test labels (oracle)', value: below(ranking.scores, best.step), chosenOn: 'test' };
}

/** A threshold for which the alerts are the scores up to step `k`. */
function below(scores: Float64Array, k: number): number {
  return k + 1 < scores.length ? scores[k + 1] : scores[k] - Math.max(1, Math.abs(scores[k]));
}
