import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { z } from 'zod';
import { type CountMethod, inverseFrequencies, type Samples } from './features.js';
import type { pcaSettings } from './settings.js';

const stateSchema = z.object({
  /** (columns) */
  weights: z.array(z.number()),
  means: z.array(z.number()),
  /** Principal directions, each [columns]. */
  components: z.array(z.array(z.number())),
});

type State = z.output<typeof stateSchema>;

/** Quantile of the standard normal distribution at 1 - alpha, alpha = .001 two-sided, as published. */
const C_ALPHA = 3.2905;

/**
 * Principal components of count vectors (Xu et al., SOSP 2009): TF-IDF weights, zero mean, the components that hold a
 * share of the variance. The score is the squared prediction error, the squared length of what they leave; its
 * threshold is the Q statistic (Jackson and Mudholkar, Technometrics 21, 1979).
 */
export function pca({
  variance,
  weighting,
  centred,
  threshold,
}: Omit<z.output<typeof pcaSettings>, 'unseen'>): CountMethod<State> {
  return {
    score: 'spe',
    state: stateSchema,
    fit(samples) {
      const weights = weighting === 'tf-idf' ? inverseFrequencies(samples) : new Float64Array(samples.columns).fill(1);
      const means = centred ? meansOf(samples, weights) : new Float64Array(samples.columns);
      const covariance = covarianceOf(samples, weights, means);
      const { values, vectors } = descending(covariance);
      const kept = componentsFor(values, variance);
      return {
        state: { weights: [...weights], means: [...means], components: vectors.slice(0, kept) },
        threshold:
          threshold === undefined
            ? { rule: 'Q statistic at .001', value: qStatistic(values.slice(kept)) }
            : { rule: `a squared error of ${threshold}, as set`, value: threshold },
      };
    },
    open: (state) => (row) => squaredPredictionError(state, row),
  };
}

/** Means of the weighted counts, over sessions. */
function meansOf({ rows, times, sessions, columns }: Samples, weights: Float64Array): Float64Array {
  const means = new Float64Array(columns);
  rows.forEach((row, r) => {
    row.forEach((count, c) => {
      means[c] += (times[r] * count * weights[c]) / sessions;
    });
  });
  return means;
}

/** Second moments of the weighted counts about `means`, divided by the number of sessions. */
function covarianceOf({ rows, times, sessions, columns }: Samples, weights: Float64Array, means: Float64Array): Matrix {
  const covariance = Matrix.zeros(columns, columns);
  rows.forEach((row, r) => {
    const centred = row.map((count, c) => count * weights[c] - means[c]);
    for (let i = 0; i < columns; i++) {
      const factor = (times[r] * centred[i]) / sessions;
      for (let j = 0; j < columns; j++) covariance.set(i, j, covariance.get(i, j) + factor * centred[j]);
    }
  });
  return covariance;
}

/** Eigenvalues from the largest, and the eigenvector of each. */
function descending(covariance: Matrix): { values: number[]; vectors: number[][] } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b] - realEigenvalues[a]);
  return {
    values: order.map((i) => Math.max(0, realEigenvalues[i])),
    vectors: order.map((i) => eigenvectorMatrix.getColumn(i)),
  };
}

/** The fewest components that hold a share of the variance. */
function componentsFor(values: number[], share: number): number {
  const total = values.reduce((sum, value) => sum + value, 0);
  let [held, kept] = [0, 0];
  while (kept < values.length && held < share * total) held += values[kept++];
  return kept;
}

/** @param residual eigenvalues of the components that were left out; without variance there is nothing to exceed: 0 */
export function qStatistic(residual: number[]): number {
  const [phi1, phi2, phi3] = [1, 2, 3].map((power) => residual.reduce((sum, value) => sum + value ** power, 0));
  if (phi1 === 0) return 0;
  const h = 1 - (2 * phi1 * phi3) / (3 * phi2 ** 2);
  const spread = (C_ALPHA * Math.sqrt(2 * phi2 * h ** 2)) / phi1;
  return phi1 * (spread + 1 + (phi2 * h * (h - 1)) / phi1 ** 2) ** (1 / h);
}

function squaredPredictionError({ weights, means, components }: State, row: Float64Array): number {
  const centred = row.map((count, c) => count * weights[c] - means[c]);
  const left = centred.slice();
  for (const component of components) {
    const projection = component.reduce((sum, x, c) => sum + x * centred[c], 0);
    component.forEach((x, c) => {
      left[c] -= projection * x;
    });
  }
  return left.reduce((sum, x) => sum + x * x, 0);
}
