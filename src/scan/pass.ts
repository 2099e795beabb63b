import { type LogFile, type ReadOptions, totalBytes } from '../parse/input/logFiles.js';
import { PiiMasker } from '../parse/pii/piiMasker.js';
import type { Progress } from '../progress.js';

/** How logs are read. */
export interface Pass {
  maxLineBytes: number;
  /** Masks personal data in all that is read. */
  pii?: PiiMasker;
  progress: Progress;
}

/** @param how the same as settings have it, or a bundle */
export function passOf({ maxLineBytes, pii }: { maxLineBytes: number; pii: boolean }, progress: Progress): Pass {
  return { maxLineBytes, pii: pii ? new PiiMasker() : undefined, progress };
}

/** Goes over logs once, telling how far it is. */
export async function pass<T>(
  label: string,
  logs: readonly LogFile[],
  { progress, ...how }: Pass,
  body: (options: ReadOptions) => Promise<T>,
): Promise<T> {
  const task = progress.task(label, totalBytes(logs), { unit: 'bytes' });
  const result = await body({ ...how, task });
  task.finish();
  return result;
}
