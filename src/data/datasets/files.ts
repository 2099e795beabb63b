import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { byteSize } from '../../byteSize.js';
import { UserError } from '../../error.js';
import { errorCode } from '../../run/atomic.js';

/** Bytes of a file; undefined when there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The hash of a file's content, in hexadecimal digits. */
export async function sha256Of(path: string, onRead: (bytes: number) => void = () => {}): Promise<string> {
  const hash = createHash('sha256');
  let read = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk);
    read += chunk.length;
    onRead(read);
  }
  return hash.digest('hex');
}

/** @throws UserError when a folder's disk has less space than is needed */
export async function requireSpace(dir: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new UserError(
    `${dir} needs about ${byteSize(needed)} of space, but its disk has ${byteSize(free)} free. Free some, or set LOGBERT_DATASETS to a folder elsewhere.`,
  );
}
