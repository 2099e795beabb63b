import { z } from 'zod';
import { orderStatistic } from '../../data/quantile.js';
import { Random } from '../../random.js';
import type { DetectorContext, OwnThreshold } from '../detector.js';
import type { CountMethod, Samples } from './features.js';
import type { isolationForestSettings } from './settings.js';

/** A tree as arrays over its nodes, the root first; a leaf has the column -1 and its number of sessions in `at`. */
const tree = z.object({
  columns: z.array(z.number().int()),
  /** A row goes left when its count is at most this. */
  at: z.array(z.number()),
  left: z.array(z.number().int()),
  right: z.array(z.number().int()),
});
const stateSchema = z.object({ samples: z.number(), trees: z.array(tree) });

type Tree = z.output<typeof tree>;
type State = z.output<typeof stateSchema>;

/**
 * Isolation forest (Liu, Ting, Zhou, ICDM 2008): the score is 2^(-E[h] / c(psi)), h the depth at which a row is alone in
 * a tree of random splits over psi sessions. Without a contamination the threshold is .5, as published; with one it is
 * the quantile of the training scores that leaves such a share above.
 */
export function isolationForest(
  { trees, samples: psi, contamination }: Omit<z.output<typeof isolationForestSettings>, 'unseen'>,
  { seed }: DetectorContext,
): CountMethod<State> {
  return {
    score: 'isolation',
    state: stateSchema,
    fit(samples) {
      const size = Math.min(psi, samples.sessions);
      const grown = Array.from({ length: trees }, (_, t) => {
        const random = new Random(seed, 'isolation forest', t);
        return grow(drawRows(samples, size, random), samples.columns, random);
      });
      const state = { samples: size, trees: grown };
      return { state, threshold: thresholdOf(state, samples, contamination) };
    },
    open: (state) => (row) => isolation(state, row),
  };
}

function thresholdOf(state: State, { rows, times }: Samples, contamination: number | undefined): OwnThreshold {
  if (contamination === undefined) return { rule: 'isolated at less than the average depth', value: 0.5 };
  const scores = rows.flatMap((row, r) => new Array<number>(times[r]).fill(isolation(state, row)));
  const rule = `${contamination} of the training sessions above`;
  return { rule, value: orderStatistic(scores, 1 - contamination) };
}

/** Sessions without replacement. */
function drawRows({ rows, times, sessions }: Samples, size: number, random: Random): Float64Array[] {
  const all = new Uint32Array(sessions);
  let at = 0;
  times.forEach((n, r) => {
    all.fill(r, at, at + n);
    at += n;
  });
  return Array.from({ length: size }, (_, k) => {
    const other = k + random.int(sessions - k);
    [all[k], all[other]] = [all[other], all[k]];
    return rows[all[k]];
  });
}

function grow(rows: Float64Array[], columns: number, random: Random): Tree {
  const tree: Tree = { columns: [], at: [], left: [], right: [] };
  const deepest = Math.ceil(Math.log2(Math.max(2, rows.length)));
  const node = (members: Float64Array[], depth: number): number => {
    const split = depth < deepest && members.length > 1 ? randomSplit(members, columns, random) : undefined;
    const index = tree.columns.push(split?.column ?? -1) - 1;
    tree.at.push(split?.at ?? members.length);
    tree.left.push(-1);
    tree.right.push(-1);
    if (!split) return index;
    const { column, at } = split;
    tree.left[index] = node(
      members.filter((row) => row[column] <= at),
      depth + 1,
    );
    tree.right[index] = node(
      members.filter((row) => row[column] > at),
      depth + 1,
    );
    return index;
  };
  node(rows, 0);
  return tree;
}

/** A value between the least and the most of a column in which the members differ; undefined when they are all equal. */
function randomSplit(members: Float64Array[], columns: number, random: Random) {
  const order = random.shuffle(Array.from({ length: columns }, (_, c) => c));
  for (const column of order) {
    let [low, high] = [Infinity, -Infinity];
    for (const row of members) {
      low = Math.min(low, row[column]);
      high = Math.max(high, row[column]);
    }
    if (low < high) return { column, at: low + random.next() * (high - low) };
  }
  return undefined;
}

function isolation({ samples, trees }: State, row: Float64Array): number {
  const depth = trees.reduce((sum, tree) => sum + depthIn(tree, row), 0) / trees.length;
  return 2 ** (-depth / Math.max(averageDepth(samples), Number.MIN_VALUE));
}

function depthIn({ columns, at, left, right }: Tree, row: Float64Array): number {
  let [node, depth] = [0, 0];
  for (; columns[node] >= 0; depth++) node = row[columns[node]] <= at[node] ? left[node] : right[node];
  return depth + averageDepth(at[node]);
}

/** c(n): average depth of an unsuccessful search in a binary search tree of n entries. */
function averageDepth(n: number): number {
  if (n < 2) return 0;
  if (n === 2) return 1;
  return 2 * (Math.log(n - 1) + 0.5772156649015329) - (2 * (n - 1)) / n;
}
