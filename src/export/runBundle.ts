import type { RunFolder } from '../run/folder.js';
import type { Parts } from './archive.js';
import { saveBundle } from './bundle.js';
import { readTrainedRun } from './trainedRun.js';

/**
 * Writes a trained and evaluated run as one file.
 * @param own parts beside the standard ones
 * @throws UserError that names the command which makes what the run lacks
 */
export async function writeBundle(run: RunFolder, path: string, own: Parts = {}): Promise<void> {
  const { model, trained, pipeline, parts } = await readTrainedRun(run);
  await saveBundle(path, {
    model,
    pipeline,
    parts: { ...parts, ...own },
    valued: trained?.checkpoint.model.values === true,
  });
}
