import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';

/** Unpacks xz streams. */
export async function* unpackXz(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { XzReadableStream } = (await import('xz-decompress')).default;
  const source = Readable.toWeb(Readable.from(packed, { objectMode: false }));
  const stream = new XzReadableStream(source as never) as unknown as ReadableStream<Uint8Array>;
  for await (const chunk of stream) if (chunk.length > 0) yield Buffer.from(chunk);
}
