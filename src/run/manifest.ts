import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../error.js';
import { ARTEFACTS, type ArtefactName, quoted } from './artefacts.js';
import { errorCode, writeFileAtomic } from './atomic.js';
import { OTHER_RUN } from './lock.js';

export const MANIFEST_FILE = 'run.json';

const names = Object.keys(ARTEFACTS) as [ArtefactName, ...ArtefactName[]];
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const entrySchema = z.object({
  file: z.string(),
  version: z.number().int(),
  sha256: hash,
  bytes: z.number().int().nonnegative(),
  /** The command that made it. */
  command: z.string(),
  /** The part of the settings that it depends on. */
  settings: z.unknown(),
  /** The artefacts that it was made from, by hash. */
  from: z.partialRecord(z.enum(names), hash),
});

const manifestSchema = z.object({
  format: z.literal('logbert-run'),
  version: z.literal(1),
  /** The settings of the latest command, which later commands start from. */
  settings: z.record(z.string(), z.unknown()),
  artefacts: z.partialRecord(z.enum(names), entrySchema),
  /** Whole temporary files that are being renamed; after a kill the next owner of the lock goes on with it. */
  pending: z.partialRecord(z.enum(names), z.object({ temporary: z.string(), entry: entrySchema })).optional(),
});

export type Entry = z.infer<typeof entrySchema>;
export type Manifest = z.infer<typeof manifestSchema>;

export function emptyManifest(): Manifest {
  return { format: 'logbert-run', version: 1, settings: {}, artefacts: {} };
}

/**
 * @returns undefined when the folder has none
 * @throws UserError when it isn't a manifest that this version can read
 */
export async function readManifest(dir: string): Promise<Manifest | undefined> {
  const path = join(dir, MANIFEST_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new UserError(`${path} can't be read: ${(error as Error).message}`, { cause: error });
  }
  return decodeManifest(text, path, dir);
}

function decodeManifest(text: string, path: string, dir: string): Manifest {
  const remedy = { next: `logbert run CONFIG.yaml --run ${quoted(`${dir}-2`)}` };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path} is damaged: it isn't JSON.`, { ...remedy, cause: error });
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const version = (value as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version !== 1) {
    throw new UserError(`${path} was written by another version of logbert (format ${version}, expected 1).`, remedy);
  }
  const [fault] = parsed.error.issues;
  throw new UserError(`${path} is damaged: ${fault.path.join('.') || 'it'}: ${fault.message}.`, remedy);
}

export function writeManifest(dir: string, manifest: Manifest): Promise<void> {
  return writeFileAtomic(join(dir, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`, OTHER_RUN);
}
