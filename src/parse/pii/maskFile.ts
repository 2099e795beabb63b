import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../../error.js';
import { writeAtomic } from '../../run/atomic.js';
import { readSource, refuseBinary, sourceSize } from '../input/source.js';
import type { PiiKind } from './detectors.js';
import { PiiMasker } from './piiMasker.js';

/**
 * Masks a log, packed or not, `-` being stdin.
 * @param options.out file to write; by default stdout
 * @param options.silent writes to no stdout, and counts only
 * @returns how many values of each kind were masked
 * @throws UserError when the log can't be read or the file can't be written
 */
export async function maskFile(
  file: string,
  { out, silent }: { out?: string; silent?: boolean },
): Promise<Record<PiiKind, number>> {
  await sourceSize(file);
  const masker = new PiiMasker();
  const source = masker.maskAll(textOf(file));
  if (out !== undefined) {
    const write = (path: string) =>
      pipeline(source, createWriteStream(path)).catch((error) => {
        throw error.path === path ? new UserError(`Can't write ${out}: ${error.message}.`, { cause: error }) : error;
      });
    const found = await stat(out).catch(() => undefined);
    // A device or a pipe can't be replaced; a file may be the log itself.
    await (found?.isFile() === false ? write(out) : writeAtomic(out, write));
  } else if (silent) {
    await pipeline(source, new Writable({ write: (_chunk, _encoding, done) => done() }));
  } else {
    await pipeline(source, process.stdout, { end: false }).catch((error) => {
      // Whoever reads has had enough.
      if (error.code !== 'EPIPE') throw error;
    });
  }
  return masker.counts;
}

async function* textOf(file: string): AsyncGenerator<Uint8Array> {
  let first = true;
  for await (const chunk of readSource(file)) {
    if (first) refuseBinary(file, chunk);
    first = false;
    yield chunk;
  }
}
