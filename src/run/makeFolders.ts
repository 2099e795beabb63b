import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from './atomic.js';

/**
 * Makes a folder and those above it, as `mkdir` does with `recursive`, which never ends where a file system such as /proc
 * answers ENOENT although the folder above is there.
 * @returns the first folder that had to be made
 * @throws EROFS where the file system takes no folders, and what else `mkdir` throws
 */
export async function makeFolders(dir: string): Promise<string | undefined> {
  if (await makes(dir)) return dir;
  if (await isFolder(dir)) return undefined;
  const above = dirname(dir);
  const first = above === dir ? undefined : await makeFolders(above);
  if (await makes(dir)) return first ?? dir;
  if (await isFolder(dir)) return first;
  throw Object.assign(new Error(`${dir} can't be made here`), { code: 'EROFS' });
}

async function makes(dir: string): Promise<boolean> {
  try {
    await mkdir(dir);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** @throws ENOTDIR when a file stands there */
async function isFolder(dir: string): Promise<boolean> {
  try {
    if ((await stat(dir)).isDirectory()) return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
  throw Object.assign(new Error(`${dir} is a file`), { code: 'ENOTDIR' });
}
