import { UserError } from '../../../error.js';
import { unpackBzip2 } from './bzip2.js';
import { unpackGzip } from './gzip.js';
import { unpackXz } from './xz.js';
import { unpackZstd } from './zstd.js';

export interface Compression {
  name: string;
  /** Of file names. */
  ending: string;
  /** The first bytes of a file, as Latin-1. */
  magic: RegExp;
  /** Unpacks as a stream; what was packed in several pieces one after the other comes out as one. */
  unpack(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer>;
}

/* biome-ignore-start lint/suspicious/noControlCharactersInRegex: these are bytes */
export const COMPRESSIONS: readonly Compression[] = [
  { name: 'gzip', ending: '.gz', magic: /^\x1f\x8b/, unpack: unpackGzip },
  { name: 'Zstandard', ending: '.zst', magic: /^\x28\xb5\x2f\xfd/, unpack: unpackZstd },
  { name: 'xz', ending: '.xz', magic: /^\xfd7zXZ\x00/, unpack: unpackXz },
  { name: 'bzip2', ending: '.bz2', magic: /^BZh[1-9](1AY&SY|\x17rE8P\x90)/, unpack: unpackBzip2 },
];
/* biome-ignore-end lint/suspicious/noControlCharactersInRegex: these are bytes */

/**
 * How a file is compressed, by its first bytes; undefined when it isn't.
 * @throws UserError when its name says otherwise
 */
export function compressionOf(file: string, bytes: Uint8Array): Compression | undefined {
  const start = Buffer.from(bytes.subarray(0, 10)).toString('latin1');
  const found = COMPRESSIONS.find(({ magic }) => magic.test(start));
  const named = COMPRESSIONS.find(({ ending }) => file.endsWith(ending));
  if (found || !named) return found;
  throw new UserError(`${file} isn't ${named.name}-compressed, though its name ends in ${named.ending}.`);
}
