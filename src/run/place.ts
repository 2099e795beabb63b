import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../error.js';
import { quoted } from './artefacts.js';
import { errorCode, explainWrite, isTemporary } from './atomic.js';
import { LOCK_FILE, OTHER_RUN } from './lock.js';
import { makeFolders } from './makeFolders.js';
import { MANIFEST_FILE, readManifest } from './manifest.js';

/** Files that other programs leave in any folder. */
const STRANGERS = new Set([LOCK_FILE, '.DS_Store', 'Thumbs.db', 'desktop.ini', '.gitignore', '.gitkeep']);

/**
 * Whether the folder is there.
 * @throws UserError when a file stands there
 */
export async function isFolder(dir: string): Promise<boolean> {
  try {
    if ((await stat(dir)).isDirectory()) return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw explainWrite(error, dir, OTHER_RUN);
  }
  throw new UserError(`${dir} is a file, but a run is a folder. Name another one.`);
}

/**
 * Makes the folder and those above it.
 * @returns the first folder that had to be made
 */
export async function makeFolder(dir: string): Promise<string | undefined> {
  try {
    return await makeFolders(dir);
  } catch (error) {
    throw explainWrite(error, dir, OTHER_RUN);
  }
}

/** Takes the manifest of a run away if nothing else stands in its folder. */
export function unmakeRun(dir: string): void {
  const known = new Set([MANIFEST_FILE, ...STRANGERS]);
  if (readdirSync(dir).every((file) => known.has(file))) rmSync(join(dir, MANIFEST_FILE), { force: true });
}

/** Removes a folder and those above it, up to the first that was made, as long as they are empty. */
export function removeEmpty(dir: string, first: string | undefined): void {
  if (first === undefined) return;
  const top = resolve(first);
  try {
    for (let at = resolve(dir); at.startsWith(top); at = dirname(at)) rmdirSync(at);
  } catch {
    // It holds something, or somebody else has removed it.
  }
}

/** Keeps a new run out of a folder that holds other things. */
export async function refuseForeign(dir: string, create: boolean): Promise<void> {
  const foreign = (await readdir(dir)).filter((file) => !STRANGERS.has(file) && !isTemporary(file));
  if (foreign.length > 0) {
    throw new UserError(
      `${dir} isn't a run folder: it holds ${foreign[0]} but no ${MANIFEST_FILE}. Choose an empty or a new folder with --run.`,
    );
  }
  if (!create) throw noRun(dir);
}

/** The settings that the run in `dir` remembers; none where there is no run. */
export async function rememberedSettings(dir: string): Promise<Record<string, unknown>> {
  if (!(await isFolder(dir))) return {};
  return (await readManifest(dir))?.settings ?? {};
}

/** What to say where a run is expected and none is. */
export function noRun(dir: string): UserError {
  return new UserError(`No run in ${dir}.`, { next: `logbert parse FILE --run ${quoted(dir)}` });
}
