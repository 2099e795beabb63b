import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { type Unpacking, unsafe } from './unpack.js';

/** Unpacks a gzipped tar file as a stream; it stops where all the lines that are wanted are there. */
export async function unpackTar(archive: string, into: Unpacking): Promise<void> {
  const source = createReadStream(archive, { highWaterMark: 1 << 18 });
  source.on('data', () => into.reading(source.bytesRead));
  const entries = extract();
  const reading = pipeline(source, createGunzip({ chunkSize: 1 << 18 }), entries as unknown as NodeJS.WritableStream);
  // A fault of it comes out of the entries too; an early stop is no fault.
  reading.catch(() => {});
  for await (const entry of entries) {
    const { name, type } = entry.header;
    if (type === 'directory') await into.folder(name);
    else if (type === 'file' || type === 'contiguous-file') await into.file(name, entry);
    else throw unsafe(`${JSON.stringify(name)} is a link or a device`);
    if (into.enough) break;
    entry.resume();
  }
  source.destroy();
}
