/** Counts of labelled sessions: an alert is a positive, an anomaly is a true one. */
export interface Confusion {
  /** Anomalies with an alert. */
  tp: number;
  /** Normal sessions with an alert. */
  fp: number;
  /** Anomalies without one. */
  fn: number;
  /** Normal sessions without one. */
  tn: number;
}

/**
 * What a set of alerts is worth; fractions 0 to 1. A figure that the data can't tell is null, never NaN:
 * without anomalies (or without normal sessions) all but `recall` (which needs anomalies alone) are null.
 */
export interface AlertFigures {
  precision: number | null;
  recall: number | null;
  f1: number | null;
  mcc: number | null;
}

/** What an order of sessions by score is worth, whatever the threshold; null where a class is absent. */
export interface RankFigures {
  auroc: number | null;
  auprc: number | null;
  /** The best F1 that any threshold reaches. It needs the labels, so it bounds a detector and doesn't describe one. */
  oracleF1: number | null;
}

/**
 * Counts alerts (score > threshold) against labels.
 * @param scores one a session
 * @param labels 1 anomaly, 0 normal; any other value is left out
 */
export function confusion(scores: ArrayLike<number>, labels: ArrayLike<number>, threshold: number): Confusion {
  const counts: Confusion = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (let i = 0; i < labels.length; i++) {
    const alert = scores[i] > threshold;
    if (labels[i] === 1) counts[alert ? 'tp' : 'fn']++;
    else if (labels[i] === 0) counts[alert ? 'fp' : 'tn']++;
  }
  return counts;
}

/**
 * precision = TP / (TP + FP); null without alerts.
 * recall = TP / (TP + FN).
 * F1 = 2 TP / (2 TP + FP + FN), the harmonic mean of both; 0 without alerts (van Rijsbergen, 1979).
 * MCC = (TP TN - FP FN) / sqrt((TP + FP)(TP + FN)(TN + FP)(TN + FN)); 0 when all or none are alerts
 * (Chicco and Jurman, BMC Genomics 21:6, 2020).
 */
export function alertFigures({ tp, fp, fn, tn }: Confusion): AlertFigures {
  const recall = tp + fn > 0 ? tp / (tp + fn) : null;
  if (tp + fn === 0 || fp + tn === 0) return { precision: null, recall, f1: null, mcc: null };
  // Square roots first: the product of four counts can exceed what a number holds exactly.
  const spread = Math.sqrt(tp + fp) * Math.sqrt(tp + fn) * Math.sqrt(tn + fp) * Math.sqrt(tn + fn);
  return {
    precision: tp + fp > 0 ? tp / (tp + fp) : null,
    recall,
    f1: (2 * tp) / (2 * tp + fp + fn),
    mcc: spread > 0 ? Math.max(-1, Math.min(1, (tp * tn - fp * fn) / spread)) : 0,
  };
}

/**
 * The labelled sessions in the order of their scores, highest first, one step for each distinct score:
 * at step k the sessions with a score of `scores[k]` or more number `tp[k]` anomalies and `fp[k]` normal ones.
 */
export interface Ranking {
  scores: Float64Array;
  tp: Uint32Array;
  fp: Uint32Array;
  anomalies: number;
  normal: number;
}

/**
 * Ranks sessions by score in O(n log n).
 * @param scores one a session, finite
 * @param labels 1 anomaly, 0 normal; any other value is left out
 */
export function rank(scores: ArrayLike<number>, labels: ArrayLike<number>): Ranking {
  const anomalies = descending(scores, labels, 1);
  const normal = descending(scores, labels, 0);
  const steps = anomalies.length + normal.length;
  const ranking = { scores: new Float64Array(steps), tp: new Uint32Array(steps), fp: new Uint32Array(steps) };
  let k = 0;
  for (let a = 0, n = 0; a < anomalies.length || n < normal.length; k++) {
    const score = Math.max(anomalies[a] ?? -Infinity, normal[n] ?? -Infinity);
    while (anomalies[a] === score) a++;
    while (normal[n] === score) n++;
    ranking.scores[k] = score;
    ranking.tp[k] = a;
    ranking.fp[k] = n;
  }
  return {
    scores: ranking.scores.subarray(0, k),
    tp: ranking.tp.subarray(0, k),
    fp: ranking.fp.subarray(0, k),
    anomalies: anomalies.length,
    normal: normal.length,
  };
}

/** All figures that need no threshold. */
export function rankFigures(ranking: Ranking): RankFigures {
  return { auroc: auroc(ranking), auprc: auprc(ranking), oracleF1: bestF1(ranking)?.f1 ?? null };
}

/**
 * Area under the ROC curve: the chance that an anomaly scores above a normal session, a tie counting half
 * (the Mann-Whitney statistic; Hanley and McNeil, Radiology 143, 1982).
 */
export function auroc({ tp, fp, anomalies, normal }: Ranking): number | null {
  if (anomalies === 0 || normal === 0) return null;
  let pairs = 0;
  for (let k = 0; k < tp.length; k++) {
    pairs += (fp[k] - (fp[k - 1] ?? 0)) * (tp[k] + (tp[k - 1] ?? 0));
  }
  return pairs / (2 * anomalies * normal);
}

/**
 * Area under the precision-recall curve as average precision: sum over the distinct scores of
 * (recall step) x (precision there). No interpolation, which would be too kind (Davis and Goadrich, ICML 2006).
 */
export function auprc({ tp, fp, anomalies, normal }: Ranking): number | null {
  if (anomalies === 0 || normal === 0) return null;
  let area = 0;
  for (let k = 0; k < tp.length; k++) area += ((tp[k] - (tp[k - 1] ?? 0)) * tp[k]) / (tp[k] + fp[k]);
  return area / anomalies;
}

/** The step with the highest F1; of equals the one with the fewest alerts. Undefined where a class is absent. */
export function bestF1({ tp, fp, anomalies, normal }: Ranking): { step: number; f1: number } | undefined {
  if (anomalies === 0 || normal === 0) return undefined;
  let best = { step: 0, f1: -1 };
  for (let k = 0; k < tp.length; k++) {
    const f1 = (2 * tp[k]) / (tp[k] + fp[k] + anomalies);
    if (f1 > best.f1) best = { step: k, f1 };
  }
  return best;
}

export interface CurvePoint {
  recall: number;
  precision: number;
}

/** The precision-recall curve, a point for each distinct score, recall rising; empty where a class is absent. */
export function precisionRecallCurve({ tp, fp, anomalies, normal }: Ranking): CurvePoint[] {
  if (anomalies === 0 || normal === 0) return [];
  return Array.from(tp, (found, k) => ({ recall: found / anomalies, precision: found / (found + fp[k]) }));
}

function descending(scores: ArrayLike<number>, labels: ArrayLike<number>, label: number): Float64Array {
  let n = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] === label) n++;
  const chosen = new Float64Array(n);
  for (let i = 0, k = 0; i < labels.length; i++) if (labels[i] === label) chosen[k++] = scores[i];
  // Typed arrays sort numerically and natively, five times as fast as with a comparison function.
  return chosen.sort().reverse();
}
