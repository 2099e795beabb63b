import { z } from 'zod';

/** Settings of the detectors, apart from their code so that reading settings loads none of it. */
export const countVectorSettings = z.strictObject({
  /**
   * The threshold is this quantile of the distances from each distinct training vector to the nearest other one: up to
   * a tenth of them may be outlying, or abnormal, without moving it.
   */
  quantile: z.number().gt(0).max(1).default(0.9),
});

export const nearestNeighbourSettings = countVectorSettings;

/** `tf-idf`: counts times log(N / sessions that have the event); `count`: as they are. */
const weighting = z.enum(['tf-idf', 'count']);

const counted = z.strictObject({
  /** Count events that training never saw, as a column of their own. As published they are dropped. */
  unseen: z.boolean().default(true),
});

export const pcaSettings = counted.extend({
  /** Share of the variance that the principal components hold. */
  variance: z.number().gt(0).lt(1).default(0.95),
  weighting: weighting.default('tf-idf'),
  /** Whether the means come off first, as published. */
  centred: z.boolean().default(true),
  /** A squared prediction error to alert above, in place of the Q statistic. */
  threshold: z.number().positive().optional(),
});

export const isolationForestSettings = counted.extend({
  trees: z.number().int().positive().default(100),
  /** Sessions that a tree is grown from. */
  samples: z.number().int().positive().default(256),
  /** Share of the training sessions above the threshold; without it the threshold is .5, as published. */
  contamination: z.number().gt(0).lt(0.5).optional(),
});

export const oneClassSvmSettings = counted.extend({
  /** Share of the training sessions that may lie outside. */
  nu: z.number().gt(0).max(1).default(0.01),
  weighting: weighting.default('count'),
});

export const logClusterSettings = counted.extend({
  /** Greatest cosine distance in a cluster, and to one. */
  distance: z.number().gt(0).lt(1).default(0.3),
  /** `sigmoid`: the published weights; `count`: none. */
  weighting: z.enum(['sigmoid', 'count']).default('sigmoid'),
});

export const invariantsSettings = counted.extend({
  /** Share of the training sessions in which an invariant holds. */
  support: z.number().gt(0).max(1).default(0.98),
});
