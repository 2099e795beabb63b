import { alertFigures } from './metrics.js';

/**
 * What decides on windows one after the other and learns from an operator. A cause is what makes a window strange, such as
 * an unseen event: what an operator would name in one ticket.
 */
export interface RollingRule {
  readonly name: string;
  /** Most flags of one cause that wait for an answer; further ones are held back until it comes. */
  readonly openFlags: number;
  /** What is strange in a window, by what is known by now; empty: nothing. */
  causes(window: number): number[];
  /** Takes a window for normal from now on. */
  learn(window: number): void;
}

/** The figures of one rule with one delay; every window counts by itself unless said otherwise. */
export interface RollingResult {
  name: string;
  /** Windows from a flag to the operator's answer; null: none ever comes. */
  delay: number | null;
  windows: number;
  alerts: number;
  alertsPer1000: number;
  tp: number;
  fp: number;
  fn: number;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  /** With wrong flags of a cause counted once until the answer comes. */
  merged: { fp: number; f1: number };
}

interface Flag {
  /** Place in `windows`. */
  at: number;
  causes: number[];
}

/**
 * Goes through test windows in order. After `delay` further windows an operator says which flags were wrong: the rule
 * learns those windows. A flag without complaint was right, so that its causes are no longer held back. Windows that
 * were not flagged teach nothing.
 * @param windows in order of time
 * @param delay Infinity: no answer ever comes
 * @param labels of all windows: 1 anomaly, 0 normal, -1 unknown: nobody complains of those, and no figure counts them
 */
export function roll(rule: RollingRule, windows: ArrayLike<number>, labels: Int8Array, delay: number): RollingResult {
  const [open, confirmed] = [new Map<number, number>(), new Set<number>()];
  const waiting: Flag[] = [];
  const counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
  let [alerts, mergedFalse, answered] = [0, 0, 0];
  for (let at = 0; at < windows.length; at++) {
    for (; answered < waiting.length && at - waiting[answered].at >= delay; answered++) {
      const { at: flagged, causes } = waiting[answered];
      for (const cause of causes) open.set(cause, (open.get(cause) ?? 1) - 1);
      if (labels[windows[flagged]] === 0) rule.learn(windows[flagged]);
      for (const cause of causes) confirmed[labels[windows[flagged]] === 0 ? 'delete' : 'add'](cause);
    }
    const causes = rule.causes(windows[at]);
    const raised = causes.filter((cause) => confirmed.has(cause) || (open.get(cause) ?? 0) < rule.openFlags);
    const label = labels[windows[at]];
    if (raised.length > 0) {
      alerts++;
      if (label === 0 && raised.some((cause) => (open.get(cause) ?? 0) === 0)) mergedFalse++;
      for (const cause of raised) open.set(cause, (open.get(cause) ?? 0) + 1);
      waiting.push({ at, causes: raised });
    }
    if (label === 1) counts[raised.length > 0 ? 'tp' : 'fn']++;
    else if (label === 0) counts[raised.length > 0 ? 'fp' : 'tn']++;
  }
  const { tp, fp, fn } = counts;
  const { precision, recall, f1 } = alertFigures(counts);
  return {
    name: rule.name,
    delay: Number.isFinite(delay) ? delay : null,
    windows: windows.length,
    alerts,
    alertsPer1000: (1000 * alerts) / Math.max(1, windows.length),
    ...{ tp, fp, fn, precision, recall, f1 },
    merged: { fp: mergedFalse, f1: (2 * tp) / Math.max(1, 2 * tp + mergedFalse + fn) },
  };
}
