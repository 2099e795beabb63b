import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { UserError } from '../error.js';

const fileSchema = z.object({
  format: z.literal('logbert-detector'),
  version: z.literal(1),
  /** `model` of the settings: name and the detector's own settings. */
  model: z.looseObject({ name: z.string() }),
  /** What it was fitted on: numbers of sessions, seed, hash of the sequences. */
  training: z.record(z.string(), z.unknown()),
  /** What `Detector.fit` learnt. */
  state: z.unknown(),
});

/** A fitted detector with all that is needed to use it. */
export type DetectorFile = Omit<z.output<typeof fileSchema>, 'format' | 'version'>;

/** Writes JSON with a line for each part, which people can read and programs can diff. */
export async function saveDetector(path: string, { model, training, state }: DetectorFile): Promise<void> {
  const file = { format: 'logbert-detector', version: 1, model, training, state };
  const lines = Object.entries(file).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  await writeFile(path, `{\n${lines.join(',\n')}\n}\n`);
}

/**
 * @param next the command that makes a new one
 * @throws UserError when the file can't be read, is cut, is something else, or is of another version
 */
export async function loadDetector(path: string, next: string): Promise<DetectorFile> {
  return detectorFrom(await readFile(path, 'utf8'), path, next);
}

/**
 * A detector from the text of its file.
 * @param place where the text was found, for messages
 * @param next the command that makes a new one
 * @throws UserError when it is cut, is something else, or is of another version
 */
export function detectorFrom(text: string, place: string, next: string): DetectorFile {
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new UserError(`The detector ${place} can't be used: ${reason}.`, { next, cause: error });
  }
}
