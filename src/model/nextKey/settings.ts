import { z } from 'zod';

/** The settings of the next-key transformer. */
export const nextKeySettings = z
  .strictObject({
    /** D, a multiple of `heads`. */
    hidden: z.number().int().positive().default(64),
    layers: z.number().int().positive().default(2),
    heads: z.number().int().positive().default(4),
    feedForward: z.number().int().positive().default(128),
    dropout: z.number().min(0).lt(1).default(0.1),
    /** Longest input in tokens; longer sessions are cut into pieces. */
    maxLength: z.number().int().min(2).default(512),
    /** Whether the end of a session is predicted like a key, so that a session which stops too early is surprising. */
    end: z.boolean().default(false),
    /** An event counts as improbable when its probability, given those before it, is below this. */
    floor: z.number().gt(0).lt(1).default(0.001),
    /** An event is missed when it is not among so many likeliest keys. */
    topG: z.number().int().positive().default(6),
  })
  .refine(({ hidden, heads }) => hidden % heads === 0, {
    error: 'hidden must be a multiple of heads',
    path: ['hidden'],
  });

export type NextKeySettings = z.output<typeof nextKeySettings>;
