import { randomBytes } from 'node:crypto';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../error.js';

const TEMPORARY = /^\.tmp-[0-9a-f]+-/;

/** A name that no other write uses, in the folder of `path` (a rename never crosses a file system) and with its extension. */
export function temporaryFor(path: string): string {
  return join(dirname(path), `.tmp-${randomBytes(6).toString('hex')}-${basename(path)}`);
}

/** Whether a file name is that of a temporary which a killed process may have left. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

/**
 * Writes a file so that a reader sees the old or the new content, never a part.
 * @param elsewhere what to do where it can't be written
 * @throws UserError when the disk is full or the folder can't be written
 */
export function writeFileAtomic(path: string, data: string | Uint8Array, elsewhere?: string): Promise<void> {
  return writeAtomic(path, (tmp) => writeFile(tmp, data), elsewhere);
}

/** As `writeFileAtomic`, with content that `writer` puts into a temporary file. */
export async function writeAtomic(
  path: string,
  writer: (tmp: string) => Promise<void>,
  elsewhere?: string,
): Promise<void> {
  const tmp = temporaryFor(path);
  try {
    await writer(tmp);
    await flush(tmp);
    await replace(tmp, path);
  } catch (error) {
    await rm(tmp, { force: true });
    throw explainWrite(error, path, elsewhere);
  }
}

/** Asks the operating system to put a file's content on the disk. */
export async function flush(path: string): Promise<void> {
  // Windows flushes only handles that may write.
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Renames over an existing file. */
export async function replace(from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(from, to);
      break;
    } catch (error) {
      // On Windows a virus scanner or a reader may hold the target for a moment.
      if (process.platform !== 'win32' || attempt === 10 || !isBusy(error)) throw error;
      await sleep(20 * (attempt + 1));
    }
  }
  await flushFolder(dirname(to));
}

async function flushFolder(dir: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems don't sync folders; the rename itself has been done.
    if (!['EINVAL', 'ENOTSUP', 'EBADF'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

function isBusy(error: unknown): boolean {
  return ['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '');
}

/** The system's code of an error, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/**
 * Turns the system's reasons why a write failed into errors that a user can act on; other errors come back as they are.
 * @param elsewhere what to do where nothing can be written
 */
export function explainWrite(error: unknown, path: string, elsewhere = 'Choose another place.'): unknown {
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new UserError(`The disk is full: ${path} was not written. Free some space and run the command again.`, {
        cause: error,
      });
    case 'EFBIG':
      return new UserError(`${path} was not written: it would be larger than files may be (ulimit -f).`, {
        cause: error,
      });
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new UserError(`No permission to write ${path}. ${elsewhere}`, { cause: error });
    case 'ENOTDIR':
    case 'EEXIST':
      return new UserError(`${path} can't be made: a part of this path is a file, not a folder.`, { cause: error });
    case 'ENOENT':
      return new UserError(`${path} can't be written: there is no such folder.`, { cause: error });
    case 'ENAMETOOLONG':
    case 'ELOOP':
      return new UserError(`${path} can't be made: the system refuses this path.`, { cause: error });
    default:
      return error;
  }
}
