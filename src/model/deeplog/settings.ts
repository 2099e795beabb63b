import { z } from 'zod';

/** The settings of DeepLog; the defaults are those of the paper for HDFS. */
export const deeplogSettings = z.strictObject({
  /** Keys before an event that it is predicted from. */
  window: z.number().int().positive().default(10),
  /** Length of the vector that stands for a key. */
  embedding: z.number().int().positive().default(50),
  hidden: z.number().int().positive().default(64),
  layers: z.number().int().positive().default(2),
  /** Whether the end of a session is predicted like a key, so that a session which stops too early is surprising; not published. */
  end: z.boolean().default(false),
  /** An event counts as improbable when its probability, given the window, is below this. */
  floor: z.number().gt(0).lt(1).default(0.001),
  /** An event is missed when it is not among so many likeliest keys. */
  topG: z.number().int().positive().default(9),
  /** Whether a model of the values of events is trained beside it: of their numeric parameters and the pauses before them. */
  values: z.boolean().default(false),
  /**
   * A value is abnormal when it lies further from what was predicted than this, in standard deviations of how far it usually
   * does: 2.33 is the interval of 98 %, 2.58 that of 99 %, 3.29 that of 99.9 %.
   */
  interval: z.number().positive().default(3.29),
});

export type DeeplogSettings = z.output<typeof deeplogSettings>;
