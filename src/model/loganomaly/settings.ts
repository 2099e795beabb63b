import { z } from 'zod';

/** The settings of LogAnomaly; the defaults are those of the LogBERT paper for HDFS. */
export const loganomalySettings = z.strictObject({
  /** Events before an event that it is predicted from. */
  window: z.number().int().positive().default(20),
  /** Length of the vector that stands for a template's words. */
  semantics: z.number().int().positive().default(128),
  hidden: z.number().int().positive().default(64),
  layers: z.number().int().positive().default(2),
  /** Whether the end of a session is predicted like an event, so that a session which stops too early is surprising; not published. */
  end: z.boolean().default(false),
  /** An event counts as improbable when its probability, given the window, is below this. */
  floor: z.number().gt(0).lt(1).default(0.001),
  /** An event is missed when it is not among so many likeliest ones. */
  topG: z.number().int().positive().default(6),
});

export type LoganomalySettings = z.output<typeof loganomalySettings>;
