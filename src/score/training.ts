import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** A detector's own rule, and the score that it is for. */
const ownThreshold = z.object({ score: z.string(), rule: z.string(), value: z.number() });

const epoch = z.object({ epoch: z.number(), trainLoss: z.number(), validationLoss: z.number().nullable() });

const training = z.object({
  format: z.literal('logbert-training'),
  epochs: z.array(epoch),
  best: z.number().optional(),
  threshold: ownThreshold.optional(),
});

export type OwnThreshold = z.output<typeof ownThreshold>;

/** What training.json tells. */
export interface Training {
  /** None of a model that isn't trained in epochs. */
  epochs: z.output<typeof epoch>[];
  /** The epoch whose parameters were kept. */
  best: number | undefined;
  threshold: OwnThreshold | undefined;
}

/** Reads training.json; undefined when it holds something else. */
export async function readTraining(path: string): Promise<Training | undefined> {
  const read = training.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (!read.success) return undefined;
  const { epochs, best, threshold } = read.data;
  return { epochs, best, threshold };
}
