import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { byteSize } from '../../byteSize.js';
import { UserError } from '../../error.js';
import type { Progress } from '../../progress.js';
import { errorCode, explainWrite, flush, isTemporary, replace, temporaryFor } from '../../run/atomic.js';
import { Lock } from '../../run/lock.js';
import { makeFolders } from '../../run/makeFolders.js';
import { requireSpace, sha256Of, sizeOf } from './files.js';
import type { Dataset } from './registry.js';
import { ZENODO } from './registry.js';
import { CARD, type Card, Store } from './store.js';
import { unpackTar } from './tar.js';
import { type TransferOptions, transfer } from './transfer.js';
import { Unpacking } from './unpack.js';
import { unpackZip } from './zip.js';

export interface DownloadOptions extends TransferOptions {
  /** The folder of all data sets. */
  root: string;
  /** `MIRROR/ARCHIVE` in place of Zenodo. */
  mirror?: string;
  /** The archive, where it is already; nothing is fetched. */
  file?: string;
  /** Unpack only the first lines. */
  limitLines?: number;
}

export interface Downloaded {
  dataset: string;
  /** Holds the files. */
  folder: string;
  files: { path: string; bytes: number }[];
  /** Whether everything was there before. */
  already: boolean;
}

const OTHER_ROOT = 'Set LOGBERT_DATASETS to another folder.';

/**
 * Fetches a data set's archive unless it is there, checks its hash, and unpacks it to a folder of its own, which
 * appears when it is whole. What was killed half-way goes on where it was.
 *
 * @throws UserError when the archive can't be fetched, isn't the one that is known, or the disk is too small
 */
export async function downloadDataset(
  dataset: Dataset,
  options: DownloadOptions,
  progress: Progress,
): Promise<Downloaded> {
  const store = new Store(options.root, dataset);
  const folder = store.folder(options.limitLines);
  const done = await store.card(options.limitLines);
  if (done) return { dataset: dataset.name, folder, files: done.files, already: true };
  try {
    await makeFolders(store.dir);
    const lock = await Lock.acquire(store.dir, OTHER_ROOT);
    try {
      await requireSpace(store.dir, await bytesNeeded(dataset, options, store));
      const archive = await archiveOf(dataset, options, store, progress);
      const files = await unpack(dataset, archive, folder, options, store, progress);
      return { dataset: dataset.name, folder, files, already: false };
    } finally {
      lock.release();
    }
  } catch (error) {
    throw explainWrite(error, store.dir, OTHER_ROOT);
  }
}

async function bytesNeeded(
  { bytes, unpackedBytes, lines }: Dataset,
  { file, limitLines }: DownloadOptions,
  store: Store,
): Promise<number> {
  const share = limitLines === undefined ? 1 : Math.min(1, limitLines / lines);
  const missing = file === undefined ? Math.max(0, bytes - (await store.bytesHere())) : 0;
  return missing + unpackedBytes * share;
}

/** The archive with the right content. One that is here is checked again: disks and people change files. */
async function archiveOf(
  dataset: Dataset,
  { mirror, file, ...options }: DownloadOptions,
  store: Store,
  progress: Progress,
): Promise<string> {
  if (file !== undefined) {
    const fault = await faultOf(file, dataset, progress);
    if (fault) throw new UserError(`${file} isn't ${dataset.archive}: ${fault}.`);
    return file;
  }
  if ((await sizeOf(store.archive)) !== undefined) {
    const fault = await faultOf(store.archive, dataset, progress);
    if (!fault) return store.archive;
    progress.note(`${store.archive} has changed (${fault}); it is fetched again.`);
    await rm(store.archive);
  }
  const url = mirror ? `${mirror.replace(/\/+$/, '')}/${dataset.archive}` : `${ZENODO}/${dataset.archive}?download=1`;
  await transfer(url, store.archive, dataset, progress, options);
  return store.archive;
}

async function faultOf(path: string, { bytes, sha256 }: Dataset, progress: Progress): Promise<string | undefined> {
  const found = await sizeOf(path);
  if (found === undefined) throw new UserError(`There is no file ${path}.`);
  if (found !== bytes) return `expected ${bytes} bytes, found ${found}`;
  const task = progress.task('Checking', bytes, { unit: 'bytes' });
  const hash = await sha256Of(path, (read) => task.update(read));
  task.finish('sha256');
  return hash === sha256 ? undefined : `expected sha256 ${sha256}, found ${hash}`;
}

/** Unpacks next to the final folder and renames: a folder that is there is whole. */
async function unpack(
  dataset: Dataset,
  archive: string,
  folder: string,
  { limitLines }: DownloadOptions,
  store: Store,
  progress: Progress,
): Promise<Card['files']> {
  await sweep(store.dir);
  const half = temporaryFor(folder);
  await mkdir(half);
  try {
    const task = progress.task('Unpacking', dataset.bytes, { unit: 'bytes' });
    const unpacking = new Unpacking(half, {
      mostBytes: roomFor(dataset),
      limitLines,
      onProgress: (read, written) => task.update(read, byteSize(written)),
    });
    await (dataset.archive.endsWith('.zip') ? unpackZip : unpackTar)(archive, unpacking);
    const { files } = unpacking.result;
    const card: Card = { dataset: dataset.name, archive: dataset.archive, sha256: dataset.sha256, limitLines, files };
    await writeFile(join(half, CARD), `${JSON.stringify(card, null, 2)}\n`);
    await flush(join(half, CARD));
    await rm(folder, { recursive: true, force: true });
    await replace(half, folder);
    task.finish(`${files.length} ${files.length === 1 ? 'file' : 'files'}`);
    return files;
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    throw explainUnpack(error);
  }
}

/** What the libraries say of an archive that they can't read; faults of the disk come back as they are. */
function explainUnpack(error: unknown): unknown {
  const code = errorCode(error);
  if (error instanceof UserError || (code !== undefined && !code.startsWith('Z_'))) return error;
  return new UserError(`The archive can't be unpacked: ${(error as Error).message}.`, { cause: error });
}

/** The known size is rounded, and a file system's blocks don't count. */
function roomFor({ unpackedBytes }: Dataset): number {
  return unpackedBytes * 1.5 + 10_000_000;
}

/** Takes away what a killed process has left half unpacked. */
async function sweep(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (isTemporary(name)) await rm(join(dir, name), { recursive: true, force: true });
  }
}
