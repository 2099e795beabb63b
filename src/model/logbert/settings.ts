import { z } from 'zod';

/** The settings of LogBERT; the defaults are those of the authors' code for HDFS. */
export const logbertSettings = z
  .strictObject({
    /** D, a multiple of `heads`. */
    hidden: z.number().int().positive().default(256),
    layers: z.number().int().positive().default(4),
    heads: z.number().int().positive().default(4),
    feedForward: z.number().int().positive().default(512),
    dropout: z.number().min(0).lt(1).default(0.1),
    /** Longest input in tokens; longer sessions are cut into pieces. */
    maxLength: z.number().int().min(2).default(512),
    /** Share of a session's tokens that is masked in training. */
    maskRatio: z.number().gt(0).max(1).default(0.65),
    /** Share that is masked in each round of scoring; default: as in training. */
    scoringMaskRatio: z.number().gt(0).max(1).optional(),
    /** Scoring masks each event once and alone, with all others in sight, in place of rounds of masks: exact, and slower. */
    leaveOneOut: z.boolean().default(false),
    /**
     * Up to so many [END] tokens close a session; they are masked together and the first is predicted like a key, so
     * that a session which stops too early is surprising. Training draws their number anew each time, for the place of
     * the last token must not tell that it is an end. 0: none, as published; 4 is enough.
     */
    ends: z.number().int().nonnegative().default(0),
    /**
     * Whether the encoder knows the places of the events, as published. Without them a session is a bag of events, each told
     * from what else occurs: for logs whose lines come interleaved in any order.
     */
    positions: z.boolean().default(true),
    /**
     * Whether the pause before each event is read beside its key (the time embedding of the authors' code, where a masked event
     * hides its pause too; there a linear function of seconds, here a vector for each doubling of milliseconds). For sessions
     * of raw lines with times.
     */
    time: z.boolean().default(false),
    /** Weight of the masked keys' loss; 0 leaves the hypersphere alone, whose score is `distance`. */
    keyLoss: z.number().min(0).default(1),
    /** Weight of the hypersphere loss; 0 switches it off. */
    hypersphere: z.number().min(0).default(0.1),
    /** An event counts as improbable when its probability, given what surrounds it, is below this. */
    floor: z.number().gt(0).lt(1).default(0.001),
    /** A masked event is missed when it is not among so many likeliest keys. */
    topG: z.number().int().positive().default(6),
  })
  .refine(({ maxLength, ends }) => maxLength >= ends + 2, {
    error: 'maxLength must hold [DIST], an event and the ends',
    path: ['maxLength'],
  })
  .refine(({ keyLoss, hypersphere }) => keyLoss + hypersphere > 0, {
    error: 'keyLoss and hypersphere must not both be 0',
    path: ['keyLoss'],
  })
  .refine(({ hidden, heads }) => hidden % heads === 0, {
    error: 'hidden must be a multiple of heads',
    path: ['hidden'],
  });

export type LogbertSettings = z.output<typeof logbertSettings>;
