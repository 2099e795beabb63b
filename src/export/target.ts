import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../error.js';
import { explainWrite, replace, temporaryFor } from '../run/atomic.js';
import { makeFolders } from '../run/makeFolders.js';

/**
 * Writes a file or a folder under a temporary name and puts it in its place when it is whole. What stood there before
 * is kept until then; of a folder a reader sees the old content, for a moment none, or the new, never a mixture.
 * @throws UserError when something stands there and `force` isn't given
 */
export async function writeTarget(
  path: string,
  force: boolean,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  refuseExisting(path, force);
  const [fresh, old] = [temporaryFor(path), temporaryFor(path)];
  try {
    await makeFolders(dirname(path));
    await fill(fresh);
    // A rename doesn't replace a folder that holds something.
    if (existsSync(path)) await rename(path, old);
    await replace(fresh, path);
  } catch (error) {
    if (!existsSync(path) && existsSync(old)) await rename(old, path);
    throw explainWrite(error, path);
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
}

/** Before any work is done. */
export function refuseExisting(path: string, force: boolean): void {
  if (force || !existsSync(path)) return;
  throw new UserError(`${path} exists already. Choose another place with --to, or replace it with --force.`);
}
