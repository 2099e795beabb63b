import { Readable } from 'node:stream';

/** Packed bytes that are unpacked at once: about one block, which unpacks to 900 kB. */
const PIECE = 1 << 16;

/** Unpacks bzip2 streams, with their checksums. */
export async function* unpackBzip2(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { default: unbzip2 } = await import('unbzip2-stream');
  const source = Readable.from(pieces(packed), { objectMode: false });
  const unpacking = source.pipe(unbzip2());
  const output = new Readable().wrap(unpacking);
  source.on('error', (error) => output.destroy(error));
  unpacking.on('error', (error: unknown) => output.destroy(error instanceof Error ? error : new Error(String(error))));
  try {
    for await (const chunk of output) yield chunk as Buffer;
  } finally {
    source.destroy();
  }
}

async function* pieces(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of packed) {
    for (let at = 0; at < chunk.length; at += PIECE) yield chunk.subarray(at, at + PIECE);
  }
}
