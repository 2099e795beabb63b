import { z } from 'zod';
import {
  type CountVector,
  countVector as countOf,
  countVectors,
  NearestVector,
  UNSEEN_WEIGHT,
  varianceWeights,
} from '../../data/countVectors.js';
import { orderStatistic } from '../../data/quantile.js';
import type { Detector, Explanation, FittedDetector, OwnThreshold, TrainingSequences } from '../detector.js';
import type { countVectorSettings } from './settings.js';

const pairs = z.array(z.tuple([z.number().int(), z.number()]));

const stateSchema = z.object({
  threshold: z.object({ rule: z.string(), value: z.number() }),
  /** [template, weight] */
  weights: pairs,
  /** Weight of every other template. */
  unseen: z.number(),
  /** The distinct count vectors of the training sessions, as [template, count]. */
  vectors: z.array(pairs),
  /** How many sessions have each; states of old lack it. */
  times: z.array(z.number().int()).optional(),
});

/**
 * Distance of a session's count vector to the nearest one of a training session: L1, each template's difference divided by
 * sqrt(its variance in training + .2). The threshold asks how far a vector that is as good as any other lies from the
 * rest: each distinct training vector is left out in turn, and a quantile of their distances is taken. One outlying
 * session in the validation part, which ruins the largest of its distances, is one vector among many here
 * (experiments/LOG.md, 2026-11-21).
 */
export function countVector({ quantile }: z.output<typeof countVectorSettings>): Detector {
  return nearestTo(quantile, varianceWeights, UNSEEN_WEIGHT);
}

/** The same with all templates alike. */
export function nearestNeighbour({ quantile }: z.output<typeof countVectorSettings>): Detector {
  return nearestTo(quantile, () => new Map(), 1);
}

function nearestTo(
  quantile: number,
  weigh: (vectors: readonly CountVector[], times: Uint32Array) => Map<number, number>,
  unseen: number,
): Detector {
  return {
    fit({ train, validation }: TrainingSequences): z.output<typeof stateSchema> {
      const { of, vectors } = countVectors([...train, ...validation].map(known));
      const times = new Uint32Array(vectors.length);
      for (const v of of) times[v]++;
      const weights = weigh(vectors, times);
      return {
        threshold: leaveOneOut(new NearestVector(vectors, weights, unseen), vectors, quantile),
        weights: [...weights].sort(([a], [b]) => a - b),
        unseen,
        vectors: vectors.map((vector) => [...vector]),
        times: [...times],
      };
    },
    open: (state) => open(stateSchema.parse(state)),
  };
}

/** Sessions with the counts that a detector was fitted to: fitted to these and to others it has learnt on. */
export function sessionsOf(state: unknown): Int32Array[] {
  const { vectors, times } = stateSchema.parse(state);
  return vectors.flatMap((vector, v) => {
    const session = Int32Array.from(vector.flatMap(([template, count]) => new Array<number>(count).fill(template)));
    return new Array<Int32Array>(times?.[v] ?? 1).fill(session);
  });
}

/** Without the events that matched no template: a reference that held one would make every unknown event look normal. */
function known(sequence: Int32Array): Int32Array {
  return sequence.filter((template) => template >= 0);
}

function leaveOneOut(nearest: NearestVector, vectors: readonly CountVector[], quantile: number): OwnThreshold {
  const rule = `quantile ${quantile} of the distances between distinct training vectors`;
  const distances = vectors.map((vector, v) => nearest.nearest(vector, v).distance);
  return { rule, value: distances.length > 1 ? orderStatistic(distances, quantile) : 0 };
}

function open({ threshold, weights, unseen, vectors }: z.output<typeof stateSchema>): FittedDetector {
  const references = vectors.map((vector) => new Map(vector));
  const nearest = new NearestVector(references, new Map(weights), unseen);
  return {
    threshold,
    score: (sequence) => ({ distance: nearest.nearest(countOf(sequence)).distance }),
    explain(sequence) {
      const vector = countOf(sequence);
      const { reference } = nearest.nearest(vector);
      return difference(sequence, vector, references[reference], (template) => nearest.weight(template));
    },
  };
}

/** A template that occurs too often shares its part of the distance among its events; one that is missing is told apart. */
function difference(
  sequence: Int32Array,
  vector: CountVector,
  reference: CountVector,
  weight: (template: number) => number,
): Explanation {
  const excess = (template: number) => Math.max(0, (vector.get(template) ?? 0) - (reference.get(template) ?? 0));
  const missing = { score: 0, template: -1 };
  let most = 0;
  for (const [template, count] of reference) {
    const lack = weight(template) * Math.max(0, count - (vector.get(template) ?? 0));
    missing.score += lack;
    if (lack > most) [most, missing.template] = [lack, template];
  }
  const share = (template: number) => (weight(template) * excess(template)) / (vector.get(template) ?? 1);
  return { events: Float64Array.from(sequence, share), missing };
}
