import { writeSync } from 'node:fs';

/**
 * Writes all bytes at the end of a file, at once: a few hundred kilobytes go to the system's cache sooner than a promise
 * is kept, and need no copy where their memory is used again.
 */
export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}
