import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const epoch = z.object({ epoch: z.number(), trainLoss: z.number(), validationLoss: z.number().nullable() });

const training = z.object({
  format: z.literal('logbert-training'),
  epochs: z.array(epoch),
  best: z.number().optional(),
});

/** What training.json tells of the training's course. */
export interface Training {
  epochs: z.output<typeof epoch>[];
  /** The epoch whose parameters were kept. */
  best: number | undefined;
}

/** Reads training.json; undefined when it holds no epochs, as with models that aren't trained in epochs. */
export async function readTraining(path: string): Promise<Training | undefined> {
  const read = training.safeParse(JSON.parse(await readFile(path, 'utf8')));
  return read.success && read.data.epochs.length > 0 ? { epochs: read.data.epochs, best: read.data.best } : undefined;
}
