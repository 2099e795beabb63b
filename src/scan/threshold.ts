import type { Calibrated } from './calibrate.js';
import type { Events } from './events.js';
import { boundsOf } from './times.js';

export interface ThresholdOptions {
  /** Findings a day that the last third of training may show. */
  alarmsPerDay?: number;
  /** Share of the findings of the last third of training that are below the threshold. */
  quantile?: number;
}

export interface ChosenThreshold {
  bits: number;
  /** How it was chosen, for people. */
  rule: string;
}

/** A chance of one in thirty-two. */
const DEFAULT_BITS = 5;
const DAY = 86_400_000;

/** From how many bits on findings are told. What was found in the last third of training, which is held normal, decides. */
export function chooseThreshold(
  { scores, border }: Calibrated,
  { time, rows }: Events,
  { alarmsPerDay, quantile }: ThresholdOptions,
): ChosenThreshold {
  if (quantile !== undefined) {
    const bits = scores[Math.max(0, Math.ceil((1 - quantile) * scores.length) - 1)] ?? DEFAULT_BITS;
    return { bits, rule: `quantile ${quantile} of the ${scores.length} findings in the last third of training` };
  }
  if (alarmsPerDay === undefined) return { bits: DEFAULT_BITS, rule: `the default of ${DEFAULT_BITS} bits` };
  const { from, to } = boundsOf(time.subarray(border, rows));
  const days = Math.max((to - from) / DAY, 1 / 24);
  const rank = Math.floor(alarmsPerDay * (Number.isFinite(days) ? days : 1));
  const bits = scores[rank] === undefined ? DEFAULT_BITS : scores[rank] + 1e-6;
  return { bits, rule: `${alarmsPerDay} findings a day in the last third of training` };
}
