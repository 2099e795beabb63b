import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunFolder } from '../run/folder.js';
import type { ExportFormat } from './formats.js';
import { writeBundle } from './runBundle.js';
import { refuseExisting, writeTarget } from './target.js';

export interface ExportOptions {
  readonly format: ExportFormat;
  /** File or folder to write; default `<run>/export/<format>`. */
  readonly to?: string;
  /** Replace what stands there. */
  readonly force?: boolean;
}

export interface ExportSummary {
  readonly format: ExportFormat;
  readonly path: string;
  readonly bytes: number;
  readonly seconds: number;
}

/**
 * Writes a trained run in a form that others can serve.
 * @throws UserError when the run lacks something, or the target exists and `force` isn't given
 */
export async function exportRun(run: RunFolder, { format, to, force = false }: ExportOptions): Promise<ExportSummary> {
  const started = performance.now();
  const path = to ?? join(run.dir, 'export', 'bundle.zip');
  refuseExisting(path, force);
  await writeTarget(path, force, (temporary) => writeBundle(run, temporary));
  const { size } = await stat(path);
  return { format, path, bytes: size, seconds: (performance.now() - started) / 1000 };
}
