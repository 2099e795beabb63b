import { type LogFile, type ReadOptions, totalBytes } from '../parse/logFiles.js';
import type { Progress } from '../progress.js';

/** Goes over logs once, telling how far it is. */
export async function pass<T>(
  label: string,
  logs: readonly LogFile[],
  { maxLineBytes, progress }: { maxLineBytes: number; progress: Progress },
  body: (options: ReadOptions) => Promise<T>,
): Promise<T> {
  const task = progress.task(label, totalBytes(logs));
  const result = await body({ maxLineBytes, task });
  task.finish();
  return result;
}
