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
  requireScores(scores);
  return { rule: `quantile ${q} of validation scores`, value: orderStatistic(scores, q), chosenOn: 'validation' };
}

/**
 * For a target rate of false alarms: the smallest validation score for which a normal session that is exchangeable with
 * the n validation sessions is an alert with a probability of at most `rate` (split conformal prediction, Vovk et al.,
 * 2005): x(k), k = ceil((n + 1)(1 - rate)), or the largest where n is too small to promise so little.
 */
export function falseAlarmThreshold(scores: ArrayLike<number>, rate: number): Threshold {
  requireScores(scores);
  const k = Math.ceil((scores.length + 1) * (1 - rate) - 1e-9);
  const enough = k <= scores.length;
  const value = orderStatistic(scores, Math.min(1, k / scores.length));
  const rule = enough ? `at most ${rate} false alarms` : `largest validation score: too few for ${rate} false alarms`;
  return { rule, value, chosenOn: 'validation' };
}

/** Above this quantile of the scores their tail begins. */
const TAIL = 0.98;

/**
 * Peaks over threshold, the calibration of SPOT (Siffer et al., KDD 2017): a generalised Pareto distribution is fitted
 * to the validation scores beyond their .98 quantile t by the method of moments, and the threshold is exceeded with a
 * probability of `risk`: t + sigma / gamma ((risk n / N)^-gamma - 1). It can lie above all scores that were seen. SPOT goes
 * on learning from the stream; here the threshold stays, for the test teaches nothing.
 */
export function spotThreshold(scores: ArrayLike<number>, risk: number): Threshold {
  requireScores(scores);
  const start = orderStatistic(scores, TAIL);
  const peaks = Array.from(scores)
    .filter((score) => score > start)
    .map((score) => score - start);
  const rule = `SPOT, risk ${risk}`;
  if (peaks.length < 2)
    return { rule: `${rule}: no tail to fit`, value: orderStatistic(scores, 1), chosenOn: 'validation' };
  const mean = peaks.reduce((sum, peak) => sum + peak, 0) / peaks.length;
  const variance = peaks.reduce((sum, peak) => sum + (peak - mean) ** 2, 0) / peaks.length;
  const gamma = variance > 0 ? 0.5 * (1 - mean ** 2 / variance) : 0;
  const sigma = mean * (1 - gamma);
  const ratio = (risk * scores.length) / peaks.length;
  const beyond = Math.abs(gamma) < 1e-9 ? -sigma * Math.log(ratio) : (sigma / gamma) * (ratio ** -gamma - 1);
  return { rule, value: start + Math.max(0, beyond), chosenOn: 'validation' };
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

function requireScores(scores: ArrayLike<number>): void {
  if (scores.length > 0) return;
  throw new UserError(
    'No validation session has a score, so there is nothing to take the threshold from. Train on more sessions, or use the paper protocol.',
  );
}
