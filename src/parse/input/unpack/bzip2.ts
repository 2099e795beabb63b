/** Packed bytes that are unpacked at once: about one block, which unpacks to 900 kB. */
const PIECE = 1 << 16;

/** Unpacks bzip2 streams, with their checksums. */
export async function* unpackBzip2(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { default: unbzip2 } = await import('unbzip2-stream');
  const unpacking = unbzip2();
  // It gives what it has within `write` and `end`. As a stream it can't be read in every Node: it closes when it ends.
  const unpacked: Buffer[] = [];
  let fault: unknown;
  unpacking.on('data', (chunk: Buffer) => unpacked.push(chunk));
  unpacking.on('error', (error: unknown) => {
    fault = error;
  });
  const taken = function* () {
    yield* unpacked.splice(0);
    if (fault !== undefined) throw fault instanceof Error ? fault : new Error(String(fault));
  };
  for await (const piece of pieces(packed)) {
    unpacking.write(piece);
    yield* taken();
  }
  unpacking.end();
  yield* taken();
}

async function* pieces(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of packed) {
    for (let at = 0; at < chunk.length; at += PIECE) yield chunk.subarray(at, at + PIECE);
  }
}
