import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TEST } from '../../src/data/sessions.js';
import { fitBaselines } from '../../src/score/baselines.js';
import { countVectors, NearestVector, varianceWeights } from '../../src/score/countVectors.js';
import { alertFigures, confusion } from '../../src/score/metrics.js';
import { hdfsKeys } from './realData.js';
import { sessionsOf } from './sessions.js';

const alertsOf = (sessions: ReturnType<typeof sessionsOf>) =>
  Object.fromEntries(
    fitBaselines(sessions).map(({ name, scores, threshold }) => [
      name,
      sessions.ids.filter((_, i) => sessions.splits[i] === TEST && scores[i] > threshold.value),
    ]),
  );

describe('baselines', () => {
  it('learn from normal training sessions only', () => {
    const sessions = sessionsOf([
      { split: 'train', events: [1, 2, 3] },
      { split: 'train', events: [1, 2, 3, 3] },
      { split: 'validation', events: [3, 2, 1, 4] },
      { split: 'excluded', label: 1, events: [9, 9] },
      { split: 'test', events: [2, 1, 3] },
      { split: 'test', events: [1, 2, 3, 9] },
      { split: 'test', events: [1, 2] },
      { split: 'test', events: [4, 4, 4] },
      { split: 'test', events: [1, 2, -1] },
    ]);
    expect(alertsOf(sessions)).toEqual({
      'unseen event': ['s5', 's8'],
      'length out of range': ['s6'],
      'unseen event or length': ['s5', 's6', 's8'],
      'unseen count vector': ['s5', 's6', 's7', 's8'],
      'nearest count vector': ['s5', 's7', 's8'],
    });
  });

  it('need training sessions, and validation sessions for a threshold', () => {
    expect(fitBaselines(sessionsOf([{ split: 'test', events: [1] }]))).toEqual([]);
    const names = fitBaselines(sessionsOf([{ split: 'train', events: [1] }])).map(({ name }) => name);
    expect(names).toHaveLength(4);
    expect(names).not.toContain('nearest count vector');
  });

  it.skipIf(hdfsKeys.missing)(
    `reach the known figures on HDFS${hdfsKeys.missing ? ` (${hdfsKeys.missing})` : ''}`,
    () => {
      const sessions = sessionsOf(hdfsKeys.read());
      const figures = (baseline: ReturnType<typeof fitBaselines>[number], minLength: number) => {
        const length = (i: number) => sessions.offsets[i + 1] - sessions.offsets[i];
        const labels = sessions.labels.map((l, i) => (sessions.splits[i] === TEST && length(i) >= minLength ? l : -1));
        const counts = confusion(baseline.scores, labels, baseline.threshold.value);
        return { ...counts, f1: Math.round((alertFigures(counts).f1 ?? NaN) * 1e4) / 100 };
      };
      const found = fitBaselines(sessions);
      expect(Object.fromEntries(found.map((baseline) => [baseline.name, figures(baseline, 0)]))).toEqual({
        'unseen event': { tp: 7908, fp: 234, fn: 8930, tn: 553132, f1: 63.31 },
        'length out of range': { tp: 6275, fp: 74, fn: 10563, tn: 553292, f1: 54.13 },
        'unseen event or length': { tp: 14147, fp: 307, fn: 2691, tn: 553059, f1: 90.42 },
        'unseen count vector': { tp: 16838, fp: 2255, fn: 0, tn: 551111, f1: 93.72 },
        'nearest count vector': { tp: 16838, fp: 425, fn: 0, tn: 552941, f1: 98.75 },
      });
      expect(figures(found[0], 10)).toMatchObject({ tp: 7894, fp: 234, fn: 2753, f1: 84.09 });
    },
  );
});

describe('the nearest count vector', () => {
  const sequence = fc.array(fc.integer({ min: -1, max: 4 }), { maxLength: 12 }).map((x) => Int32Array.from(x));
  const sequences = fc.array(sequence, { minLength: 1, maxLength: 12 });

  it('is as far as a look at each reference finds', () => {
    fc.assert(
      fc.property(sequences, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), (all, picks) => {
        const vectors = countVectors(all);
        const references = [...new Set(picks.map((pick) => vectors.of[pick % all.length]))];
        const times = Uint32Array.from({ length: vectors.starts.length - 1 }, (_, v) =>
          references.includes(v) ? 2 : 0,
        );
        const weights = varianceWeights(vectors, times);
        const nearest = new NearestVector(vectors, references, weights);
        const dense = Array.from(times, (_, v) => densely(vectors, v));
        for (const v of vectors.of) {
          const distances = references.map((r) =>
            dense[v].reduce((sum, count, k) => sum + weights[k] * Math.abs(count - dense[r][k]), 0),
          );
          expect(nearest.distance(v)).toBeCloseTo(Math.min(...distances), 8);
        }
      }),
    );
  });

  it('weighs an event by the variance of its count, over sessions and not over distinct ones', () => {
    const vectors = countVectors([Int32Array.of(7, 8), Int32Array.of(7, 8, 8, 8), Int32Array.of(5)]);
    // Event 8 occurs 1, 1, 1 and 3 times: mean 1.5, variance .75. Events 7 and 5 never vary in these sessions.
    const weights = varianceWeights(vectors, Uint32Array.of(3, 1, 0));
    expect([...weights]).toEqual([1 / Math.sqrt(0.2), 1 / Math.sqrt(0.95), 1 / Math.sqrt(0.2)]);
  });

  it('does not depend on the order of events', () => {
    fc.assert(
      fc.property(sequence, (events) => {
        expect(countVectors([events, events.slice().reverse()]).of).toEqual(Uint32Array.of(0, 0));
      }),
    );
  });
});

function densely({ starts, keys, counts, kinds }: ReturnType<typeof countVectors>, v: number): number[] {
  const dense = new Array<number>(kinds).fill(0);
  for (let j = starts[v]; j < starts[v + 1]; j++) dense[keys[j]] = counts[j];
  return dense;
}
