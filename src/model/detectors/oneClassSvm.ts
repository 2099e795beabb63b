import { z } from 'zod';
import { type CountMethod, inverseFrequencies, type Samples } from './features.js';
import type { oneClassSvmSettings } from './settings.js';

const stateSchema = z.object({
  weights: z.array(z.number()),
  gamma: z.number(),
  rho: z.number(),
  /** Each with its multiplier; row is [columns]. */
  vectors: z.array(z.object({ alpha: z.number(), row: z.array(z.number()) })),
});

type State = z.output<typeof stateSchema>;

/** How far the two most violating rows may be apart when the search ends; libsvm's 1e-3 leaves rows on the margin to chance. */
const TOLERANCE = 1e-9;
const MOST_STEPS = 1e7;

/**
 * One-class SVM (Schoelkopf et al., Neural Computation 13, 2001) with an RBF kernel: the score is rho - sum of
 * alpha K(x_i, x), above 0 outside the region that holds a share of 1 - nu of the training sessions. Gamma is
 * 1 / (columns x variance of all counts), scikit-learn's `scale`.
 */
export function oneClassSvm({
  nu,
  weighting,
}: Omit<z.output<typeof oneClassSvmSettings>, 'unseen'>): CountMethod<State> {
  return {
    score: 'outside',
    state: stateSchema,
    fit(samples) {
      const weights = weighting === 'tf-idf' ? inverseFrequencies(samples) : new Float64Array(samples.columns).fill(1);
      const rows = samples.rows.map((row) => row.map((count, c) => count * weights[c]));
      const gamma = scaleGamma({ ...samples, rows });
      const { alphas, rho } = solve(rows, samples.times, gamma, nu * samples.sessions);
      const vectors = rows.flatMap((row, r) => (alphas[r] > 0 ? [{ alpha: alphas[r], row: [...row] }] : []));
      const state = { weights: [...weights], gamma, rho, vectors };
      // A session on the margin, where the score is 0 but for rounding, is normal.
      return { state, threshold: { rule: `outside of all but ${nu} of the training sessions`, value: 1e-6 * rho } };
    },
    open: (state) => (row) => outside(state, row),
  };
}

function scaleGamma({ rows, times, sessions, columns }: Samples): number {
  let [sum, squares] = [0, 0];
  rows.forEach((row, r) => {
    for (const x of row) {
      sum += times[r] * x;
      squares += times[r] * x * x;
    }
  });
  const n = sessions * columns;
  const variance = squares / n - (sum / n) ** 2;
  return variance > 0 ? 1 / (columns * variance) : 1;
}

function kernel(a: ArrayLike<number>, b: ArrayLike<number>, gamma: number): number {
  let distance = 0;
  for (let c = 0; c < a.length; c++) distance += (a[c] - b[c]) ** 2;
  return Math.exp(-gamma * distance);
}

/**
 * Minimises alpha' K alpha / 2 with sum alpha = `total` and 0 <= alpha_i <= limits_i by sequential minimal optimisation:
 * always the pair of rows that violates optimality most (Keerthi et al., 2001). A row that many sessions share is one
 * variable with a higher limit, which is the same problem as its copies, and far smaller.
 */
export function solve(rows: readonly Float64Array[], limits: ArrayLike<number>, gamma: number, total: number) {
  const columns = new Map<number, Float64Array>();
  const column = (i: number) => {
    const known = columns.get(i) ?? Float64Array.from(rows, (row) => kernel(row, rows[i], gamma));
    columns.set(i, known);
    return known;
  };
  const alphas = new Float64Array(rows.length);
  const gradient = new Float64Array(rows.length);
  const add = (i: number, step: number) => {
    alphas[i] += step;
    column(i).forEach((k, j) => {
      gradient[j] += step * k;
    });
  };
  for (let i = 0, left = total; left > 0 && i < rows.length; left -= alphas[i++]) add(i, Math.min(left, limits[i]));
  for (let step = 0; step < MOST_STEPS; step++) {
    const [up, down] = mostViolating(alphas, limits, gradient);
    if (up < 0 || down < 0 || gradient[down] - gradient[up] < TOLERANCE * total) break;
    const curvature = Math.max(1e-12, 2 - 2 * column(up)[down]);
    const wanted = (gradient[down] - gradient[up]) / curvature;
    const move = Math.min(wanted, limits[up] - alphas[up], alphas[down]);
    add(up, move);
    add(down, -move);
  }
  return { alphas, rho: offset(alphas, limits, gradient) };
}

/** The row that should grow most and the one that should shrink most. */
function mostViolating(alphas: Float64Array, limits: ArrayLike<number>, gradient: Float64Array): [number, number] {
  let [up, down] = [-1, -1];
  for (let i = 0; i < alphas.length; i++) {
    if (alphas[i] < limits[i] && (up < 0 || gradient[i] < gradient[up])) up = i;
    if (alphas[i] > 0 && (down < 0 || gradient[i] > gradient[down])) down = i;
  }
  return [up, down];
}

/** The gradient of the rows on the margin; without any, half-way between those inside and those outside. */
function offset(alphas: Float64Array, limits: ArrayLike<number>, gradient: Float64Array): number {
  const free = gradient.filter((_, i) => alphas[i] > 0 && alphas[i] < limits[i]);
  if (free.length > 0) return free.reduce((sum, g) => sum + g, 0) / free.length;
  const outside = gradient.filter((_, i) => alphas[i] > 0);
  const inside = gradient.filter((_, i) => alphas[i] === 0);
  const most = outside.reduce((a, b) => Math.max(a, b), -Infinity);
  const least = inside.reduce((a, b) => Math.min(a, b), Infinity);
  return least === Infinity ? most : (most + least) / 2;
}

function outside({ weights, gamma, rho, vectors }: State, row: Float64Array): number {
  const scaled = row.map((count, c) => count * weights[c]);
  return rho - vectors.reduce((sum, { alpha, row: vector }) => sum + alpha * kernel(vector, scaled, gamma), 0);
}
