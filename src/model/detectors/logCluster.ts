import { agnes } from 'ml-hclust';
import { z } from 'zod';
import { type CountMethod, inverseFrequencies, type Samples } from './features.js';
import type { logClusterSettings } from './settings.js';

const stateSchema = z.object({
  weights: z.array(z.number()),
  /** One a cluster, [columns]. */
  representatives: z.array(z.array(z.number())),
});

type State = z.output<typeof stateSchema>;

/** Distinct rows that are clustered at once, which takes their cube in time; the others join one by one. */
const AT_ONCE = 1000;

/**
 * LogCluster (Lin et al., ICSE 2016): weights by inverse document frequency through a sigmoid, half of each weight, and
 * as the other half whether the event is new since training; cosine distance; complete-link clusters no wider than
 * `distance`, the other sessions joining the nearest or founding one. The score is the distance to the nearest
 * cluster's mean, above `distance` for a session that would found one.
 */
export function logCluster({
  distance,
  weighting,
}: Omit<z.output<typeof logClusterSettings>, 'unseen'>): CountMethod<State> {
  return {
    score: 'dissimilarity',
    state: stateSchema,
    fit(samples) {
      const weights = weighting === 'sigmoid' ? weightsOf(samples) : new Float64Array(samples.columns).fill(1);
      const rows = samples.rows.map((row) => row.map((count, c) => count * weights[c]));
      const representatives = clusters(rows, samples.times, distance).map((row) => [...row]);
      return {
        state: { weights: [...weights], representatives },
        threshold: { rule: 'further from each cluster than its members may be', value: distance },
      };
    },
    open: ({ weights, representatives }) => {
      return (row) =>
        nearest(
          row.map((count, c) => count * weights[c]),
          representatives,
        ).distance;
    },
  };
}

function weightsOf(samples: Samples): Float64Array {
  const isNew = (column: number) => (column === samples.columns - 1 ? 0.5 : 0);
  return inverseFrequencies(samples).map((idf, c) => 0.5 / (1 + Math.exp(-idf)) + isNew(c));
}

interface Cluster {
  mean: Float64Array;
  sessions: number;
}

function clusters(rows: Float64Array[], times: Uint32Array, width: number): Float64Array[] {
  const found = atOnce(rows.slice(0, AT_ONCE), times, width);
  for (let r = AT_ONCE; r < rows.length; r++) {
    const { distance, index } = nearest(
      rows[r],
      found.map(({ mean }) => mean),
    );
    if (distance <= width) join(found[index], rows[r], times[r]);
    else found.push({ mean: rows[r].slice(), sessions: times[r] });
  }
  return found.map(({ mean }) => mean);
}

function atOnce(rows: Float64Array[], times: Uint32Array, width: number): Cluster[] {
  const groups = rows.length < 2 ? [rows.map((_, r) => r)] : completeLink(rows, width);
  return groups.map((members) => {
    const cluster: Cluster = { mean: new Float64Array(rows[0].length), sessions: 0 };
    for (const r of members) join(cluster, rows[r], times[r]);
    return cluster;
  });
}

/** Groups of rows, by index, in which no two are further apart than `width`. */
export function completeLink(rows: Float64Array[], width: number): number[][] {
  const tree = agnes(
    rows.map((row) => [...row]),
    { method: 'complete', distanceFunction: cosineDistance },
  );
  return tree.cut(width).map((cluster) => cluster.indices());
}

function join(cluster: Cluster, row: Float64Array, times: number): void {
  cluster.sessions += times;
  row.forEach((x, c) => {
    cluster.mean[c] += ((x - cluster.mean[c]) * times) / cluster.sessions;
  });
}

function nearest(row: ArrayLike<number>, means: readonly ArrayLike<number>[]): { distance: number; index: number } {
  let best = { distance: Infinity, index: -1 };
  means.forEach((mean, index) => {
    const distance = cosineDistance(row, mean);
    if (distance < best.distance) best = { distance, index };
  });
  return best;
}

/** 1 - cos, rounded so that equal rows are at 0; a row of zeros is at 1 from all but another one. */
function cosineDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let c = 0; c < a.length; c++) {
    product += a[c] * b[c];
    squaresA += a[c] ** 2;
    squaresB += b[c] ** 2;
  }
  if (squaresA === 0 || squaresB === 0) return squaresA === squaresB ? 0 : 1;
  return Math.max(0, Math.round((1 - product / Math.sqrt(squaresA * squaresB)) * 1e12) / 1e12);
}
