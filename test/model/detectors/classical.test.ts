import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nearestNeighbour } from '../../../src/model/detectors/countVector.js';
import { type CountMethod, onCounts, type Samples } from '../../../src/model/detectors/features.js';
import { invariants } from '../../../src/model/detectors/invariants.js';
import { isolationForest } from '../../../src/model/detectors/isolationForest.js';
import { completeLink, logCluster } from '../../../src/model/detectors/logCluster.js';
import { oneClassSvm } from '../../../src/model/detectors/oneClassSvm.js';
import { pca, qStatistic } from '../../../src/model/detectors/pca.js';

interface Golden {
  rows: number[][];
  times: number[];
  queries: number[][];
  pca: { components: number; spe: number[] };
  uncentred: { components: number; spe: number[] };
  isolation: number[];
  svm: { nu: number; decision: number[] }[];
  clusters: number[];
  logCluster: number[];
  nearest: number[];
}

const golden: Golden = JSON.parse(readFileSync('test/golden/classical.json', 'utf8'));
const rows = golden.rows.map((row) => Float64Array.from(row));
const samples: Samples = {
  rows,
  times: Uint32Array.from(golden.times),
  sessions: golden.times.reduce((sum, n) => sum + n, 0),
  columns: rows[0].length,
};
const queries = golden.queries.map((row) => Float64Array.from(row));

function scoresOf<S>(method: CountMethod<S>): number[] {
  const { state } = method.fit(samples);
  return queries.map(method.open(JSON.parse(JSON.stringify(state))));
}

/** test/golden/classical.json says what made it. */
describe('as scikit-learn on the same vectors', () => {
  it('PCA leaves the same squared error behind the same number of components', () => {
    const method = pca({ variance: 0.95, weighting: 'count', centred: true });
    expect(method.fit(samples).state.components).toHaveLength(golden.pca.components);
    for (const [q, spe] of scoresOf(method).entries()) expect(spe).toBeCloseTo(golden.pca.spe[q], 8);
  });

  it('PCA with the means left on, and a threshold that is set', () => {
    const method = pca({ variance: 0.8, weighting: 'count', centred: false, threshold: 1 });
    const { state, threshold } = method.fit(samples);
    expect(state.components).toHaveLength(golden.uncentred.components);
    expect(threshold.value).toBe(1);
    for (const [q, spe] of scoresOf(method).entries()) expect(spe).toBeCloseTo(golden.uncentred.spe[q], 8);
  });

  it('LogCluster on bare counts is as far from the nearest cluster', () => {
    const method = logCluster({ distance: 0.1, weighting: 'count' });
    for (const [q, distance] of scoresOf(method).entries()) expect(distance).toBeCloseTo(golden.logCluster[q], 10);
  });

  it('an isolation forest isolates as fast, in the mean over many trees', () => {
    const many = isolationForest({ trees: 2000, samples: 256 }, { seed: 1 });
    for (const [q, score] of scoresOf(many).entries()) expect(Math.abs(score - golden.isolation[q])).toBeLessThan(0.01);
  });

  it.each(golden.svm)('a one-class SVM with nu $nu decides the same', ({ nu, decision }) => {
    const scale = Math.max(...decision.map(Math.abs));
    scoresOf(oneClassSvm({ nu, weighting: 'count' })).forEach((score, q) => {
      expect(-score / scale).toBeCloseTo(decision[q] / scale, 5);
    });
  });

  it('complete linkage finds the same clusters', () => {
    const groups = completeLink(rows, 0.1);
    const ours = rows.map((_, r) => groups.findIndex((members) => members.includes(r)));
    const pairs = (labels: number[]) => labels.flatMap((a, i) => labels.map((b, j) => i < j && a === b));
    expect(pairs(ours)).toEqual(pairs(golden.clusters));
  });

  it('the nearest neighbour is as far', () => {
    const detector = nearestNeighbour({ quantile: 0.9 });
    const sequence = (row: Float64Array) => Int32Array.from([...row].flatMap((n, c) => Array<number>(n).fill(c)));
    const fitted = detector.open(detector.fit({ train: rows.map(sequence), validation: [] }));
    expect(queries.map((row) => fitted.score(sequence(row)).distance)).toEqual(golden.nearest);
  });
});

describe('classical detectors', () => {
  const sequences = (...lists: number[][]) => lists.map((list) => Int32Array.from(list));
  const train = sequences(
    ...Array.from({ length: 60 }, (_, i) => [1, ...Array(1 + (i % 3)).fill(2), ...Array(1 + (i % 3)).fill(3), 4]),
  );
  const fitted = <S>(method: CountMethod<S>) => {
    const detector = onCounts(method, { unseen: true });
    return detector.open(JSON.parse(JSON.stringify(detector.fit({ train, validation: [] }))));
  };
  const methods = {
    pca: () => fitted(pca({ variance: 0.95, weighting: 'count', centred: true })),
    'isolation forest': () => fitted(isolationForest({ trees: 50, samples: 64, contamination: 0.01 }, { seed: 1 })),
    'one-class SVM': () => fitted(oneClassSvm({ nu: 0.01, weighting: 'count' })),
    LogCluster: () => fitted(logCluster({ distance: 0.3, weighting: 'sigmoid' })),
    invariants: () => fitted(invariants({ support: 0.98 })),
  };

  it.each(Object.entries(methods))('%s takes what it was fitted on for normal', (_, make) => {
    const detector = make();
    for (const sequence of train) {
      const [score] = Object.values(detector.score(sequence));
      expect(score).toBeLessThanOrEqual(detector.threshold?.value ?? NaN);
    }
  });

  it.each(Object.entries(methods).filter(([name]) => name !== 'isolation forest'))(
    '%s alerts on events that training never saw, and lays it to them',
    (_, make) => {
      const detector = make();
      const strange = Int32Array.of(1, 2, 3, 4, 9, 9, 9);
      const [score] = Object.values(detector.score(strange));
      expect(score).toBeGreaterThan(detector.threshold?.value ?? NaN);
      const { events } = detector.explain(strange);
      expect(events[4]).toBeGreaterThan(0);
      expect(Math.max(...events)).toBe(events[4]);
    },
  );

  it('drop what training never saw when told to', () => {
    const detector = onCounts(pca({ variance: 0.95, weighting: 'count', centred: true }), { unseen: false });
    const { score } = detector.open(detector.fit({ train, validation: [] }));
    expect(score(Int32Array.of(1, 2, 3, 4, 9))).toEqual(score(Int32Array.of(1, 2, 3, 4)));
  });

  it('invariants tell of a broken relation and of what is missing', () => {
    const detector = methods.invariants();
    expect(detector.score(Int32Array.of(1, 2, 2, 3, 4))).toEqual({ broken: 1 });
    expect(detector.score(Int32Array.of(2, 3))).toEqual({ broken: 2 });
    const { missing } = detector.explain(Int32Array.of(1, 2, 3));
    expect(missing).toEqual({ score: 1, template: 4 });
  });

  it('an isolation forest depends on nothing but seed and sessions', () => {
    const settings = { trees: 10, samples: 32 };
    const grown = (seed: number) =>
      onCounts(isolationForest(settings, { seed }), { unseen: true }).fit({ train, validation: [] });
    expect(grown(1)).toEqual(grown(1));
    expect(grown(1)).not.toEqual(grown(2));
  });

  it('the Q statistic is that of a published example, and 0 where nothing is left', () => {
    // One eigenvalue: SPE is lambda x chi-square with one degree of freedom; at .001 its quantile is 10.83.
    expect(qStatistic([2]) / 2).toBeGreaterThan(9);
    expect(qStatistic([2]) / 2).toBeLessThan(13);
    expect(qStatistic([0, 0])).toBe(0);
  });
});
