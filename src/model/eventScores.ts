import type { Tally } from './model.js';

/**
 * The scores that every model has which predicts events, over a session's events and its end:
 * `improbable`, how many have a probability below `floor`, given what the model sees of the others (the geometric mean
 * over the times that they were predicted); `peak`, the highest surprise (negative log-likelihood) of one, in nats;
 * `nll`, the mean surprise; `entropy`, the mean entropy of what was expected in their places, in nats, high where the session is
 * of no kind that the model knows; `misses`, the share of predictions that were missed, the published rule: LogBERT takes a
 * session for abnormal when it exceeds a ratio r, DeepLog when it exceeds 0.
 */
export function eventScores(
  { length, masked, misses, surprise, entropy }: Tally,
  floor: number,
): { improbable: number; peak: number; nll: number; entropy: number; misses: number } {
  let [improbable, peak, total, uncertain, counted, missed, predictions] = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i <= length; i++) {
    if (masked[i] === 0) continue;
    const mean = surprise[i] / masked[i];
    if (mean > -Math.log(floor)) improbable++;
    peak = Math.max(peak, mean);
    total += mean;
    uncertain += entropy[i] / masked[i];
    counted++;
    missed += misses[i];
    predictions += masked[i];
  }
  const perEvent = (sum: number) => sum / Math.max(1, counted);
  return {
    improbable,
    peak,
    nll: perEvent(total),
    entropy: perEvent(uncertain),
    misses: missed / Math.max(1, predictions),
  };
}
