import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { RunFolder } from '../run/folder.js';
import { expectedScores } from './expectedScores.js';
import { type Exported, exportedModel } from './exported.js';
import { type Files, writeFiles } from './files.js';
import type { ExportFormat } from './formats.js';
import { onnxFiles } from './onnxFiles.js';
import { writeBundle } from './runBundle.js';
import { refuseExisting, writeTarget } from './target.js';
import { savedModelFiles, tfjsFiles } from './tensorflowFiles.js';
import { readTrainedRun } from './trainedRun.js';
import { serverMetadata, tritonFiles } from './tritonFiles.js';

export interface ExportOptions {
  readonly format: ExportFormat;
  /** File (of a bundle) or folder to write; default `<run>/export/<format>`. */
  readonly to?: string;
  /** Replace what stands there. */
  readonly force?: boolean;
}

export interface ExportSummary {
  readonly format: ExportFormat;
  readonly path: string;
  /** Size of every file, by path within the folder. */
  readonly files: Readonly<Record<string, number>>;
  readonly seconds: number;
}

const FOLDERS: Readonly<Record<Exclude<ExportFormat, 'bundle'>, (exported: Exported) => Files>> = {
  onnx: (exported) => ({ ...onnxFiles(exported), 'metadata.json': serverMetadata(exported) }),
  tfjs: tfjsFiles,
  savedmodel: savedModelFiles,
  triton: tritonFiles,
};

/**
 * Writes a trained run in a form that others can serve.
 * @throws UserError when the run lacks something, its model can't be written so, or the target exists and `force` isn't given
 */
export async function exportRun(run: RunFolder, { format, to, force = false }: ExportOptions): Promise<ExportSummary> {
  const started = performance.now();
  const path = to ?? join(run.dir, 'export', format === 'bundle' ? 'bundle.zip' : format);
  refuseExisting(path, force);
  if (format === 'bundle') await writeTarget(path, force, (temporary) => writeBundle(run, temporary));
  else {
    const files = await folderFiles(run, format);
    await writeTarget(path, force, (temporary) => writeFiles(temporary, files));
  }
  return { format, path, files: await sizes(path), seconds: (performance.now() - started) / 1000 };
}

async function folderFiles(run: RunFolder, format: keyof typeof FOLDERS): Promise<Files> {
  const exported = await exportedModel(await readTrainedRun(run), await expectedScores(run));
  return { ...exported.beside, ...FOLDERS[format](exported) };
}

async function sizes(path: string): Promise<Record<string, number>> {
  const found = await stat(path);
  if (found.isFile()) return { '': found.size };
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const listed = files.map(
    async (file) => [relative(path, file).replaceAll('\\', '/'), (await stat(file)).size] as const,
  );
  return Object.fromEntries(await Promise.all(listed));
}
