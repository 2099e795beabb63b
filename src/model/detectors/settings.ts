import { z } from 'zod';

/** Settings of the detectors, apart from their code so that reading settings loads none of it. */
export const countVectorSettings = z.strictObject({
  /**
   * The threshold is this quantile of the distances from each distinct training vector to the nearest other one: up to
   * a tenth of them may be outlying, or abnormal, without moving it.
   */
  quantile: z.number().gt(0).max(1).default(0.9),
});
