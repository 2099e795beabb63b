import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alertFigures,
  auprc,
  auroc,
  bestF1,
  confusion,
  precisionRecallCurve,
  rank,
  rankFigures,
} from '../../src/score/metrics.js';

/** Few distinct scores, so that ties are common; -1 is an unknown label. */
const labelled = fc.array(
  fc.record({ score: fc.integer({ min: -3, max: 6 }).map((s) => s / 4), label: fc.constantFrom(0, 1, 0, 1, -1) }),
  { maxLength: 60 },
);

type Item = { score: number; label: number };
const rankOf = (items: Item[]) =>
  rank(
    items.map((x) => x.score),
    items.map((x) => x.label),
  );

/** The chance that an anomaly outranks a normal session, pair by pair. */
function naiveAuroc(items: Item[]): number | null {
  const pairs = items
    .filter((x) => x.label === 1)
    .flatMap((a) => items.filter((x) => x.label === 0).map((n) => [a.score, n.score]));
  if (pairs.length === 0) return null;
  return pairs.reduce((sum, [a, n]) => sum + (a > n ? 1 : a === n ? 0.5 : 0), 0) / pairs.length;
}

/** Mean over the anomalies of the precision among all sessions that score as high: average precision by its name. */
function naiveAuprc(items: Item[]): number | null {
  const known = items.filter((x) => x.label >= 0);
  const anomalies = known.filter((x) => x.label === 1);
  if (anomalies.length === 0 || anomalies.length === known.length) return null;
  const precisionAt = (score: number) => {
    const found = known.filter((x) => x.score >= score);
    return found.filter((x) => x.label === 1).length / found.length;
  };
  return anomalies.reduce((sum, a) => sum + precisionAt(a.score), 0) / anomalies.length;
}

function naiveBestF1(items: Item[]): number | null {
  const known = items.filter((x) => x.label >= 0);
  const anomalies = known.filter((x) => x.label === 1).length;
  if (anomalies === 0 || anomalies === known.length) return null;
  const f1At = (threshold: number) => {
    const alerts = known.filter((x) => x.score >= threshold);
    const tp = alerts.filter((x) => x.label === 1).length;
    return (2 * tp) / (alerts.length + anomalies);
  };
  return Math.max(...known.map((x) => f1At(x.score)));
}

function expectEqual(found: number | null, wanted: number | null) {
  if (wanted === null) expect(found).toBeNull();
  else expect(found).toBeCloseTo(wanted, 12);
}

describe('figures of a ranking', () => {
  it('equal their definitions, ties and unknown labels included', () => {
    fc.assert(
      fc.property(labelled, (items) => {
        const ranking = rankOf(items);
        expectEqual(auroc(ranking), naiveAuroc(items));
        expectEqual(auprc(ranking), naiveAuprc(items));
        expectEqual(bestF1(ranking)?.f1 ?? null, naiveBestF1(items));
      }),
      { numRuns: 300 },
    );
  });

  it('depend on the order of the scores only', () => {
    fc.assert(
      fc.property(labelled, (items) => {
        const stretched = items.map((x) => ({ ...x, score: Math.exp(x.score) * 1e6 }));
        expect(rankFigures(rankOf(stretched))).toEqual(rankFigures(rankOf(items)));
      }),
    );
  });

  it('are 1 for a perfect order and .5 for one score for all', () => {
    expect(rankFigures(rank([1, 2, 3], [0, 0, 1]))).toEqual({ auroc: 1, auprc: 1, oracleF1: 1 });
    expect(rankFigures(rank([7, 7, 7, 7], [0, 1, 0, 1]))).toEqual({ auroc: 0.5, auprc: 0.5, oracleF1: 2 / 3 });
  });

  it('are null where a class is absent', () => {
    const none = { auroc: null, auprc: null, oracleF1: null };
    expect(rankFigures(rank([1, 2], [0, 0]))).toEqual(none);
    expect(rankFigures(rank([1, 2], [1, 1]))).toEqual(none);
    expect(rankFigures(rank([1, 2], [-1, -1]))).toEqual(none);
    expect(rankFigures(rank([], []))).toEqual(none);
    expect(precisionRecallCurve(rank([1], [1]))).toEqual([]);
  });

  it('come with a curve that has one point for each distinct score', () => {
    expect(precisionRecallCurve(rank([3, 2, 2, 1], [1, 1, 0, 0]))).toEqual([
      { recall: 0.5, precision: 1 },
      { recall: 1, precision: 2 / 3 },
      { recall: 1, precision: 0.5 },
    ]);
  });
});

describe('figures of alerts', () => {
  it('count a score above the threshold as an alert, and leave unknown labels out', () => {
    expect(confusion([1, 2, 2, 3, 9], [0, 1, 0, 1, -1], 2)).toEqual({ tp: 1, fp: 0, fn: 1, tn: 2 });
  });

  it('follow their formulas', () => {
    const figures = alertFigures({ tp: 6, fp: 2, fn: 4, tn: 88 });
    expect(figures.precision).toBeCloseTo(0.75, 12);
    expect(figures.recall).toBeCloseTo(0.6, 12);
    expect(figures.f1).toBeCloseTo(12 / 18, 12);
    expect(figures.mcc).toBeCloseTo((6 * 88 - 2 * 4) / Math.sqrt(8 * 10 * 90 * 92), 12);
  });

  it('are null where the data cannot tell, and never NaN', () => {
    expect(alertFigures({ tp: 0, fp: 0, fn: 3, tn: 5 })).toEqual({ precision: null, recall: 0, f1: 0, mcc: 0 });
    expect(alertFigures({ tp: 0, fp: 2, fn: 0, tn: 5 })).toEqual({
      precision: null,
      recall: null,
      f1: null,
      mcc: null,
    });
    expect(alertFigures({ tp: 2, fp: 0, fn: 2, tn: 0 })).toEqual({ precision: null, recall: 0.5, f1: null, mcc: null });
    const count = fc.integer({ min: 0, max: 1e9 });
    fc.assert(
      fc.property(count, count, count, count, (tp, fp, fn, tn) => {
        for (const value of Object.values(alertFigures({ tp, fp, fn, tn }))) {
          if (value !== null) expect(Math.abs(value)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
