/** Packed bytes that are unpacked at once: what comes of them is held until it is parsed. */
const PIECE = 1 << 16;

/**
 * Unpacks Zstandard frames, with windows of up to 32 MB; Node 20 has no decoder of its own. The decoder doesn't check
 * the checksums that frames may have.
 */
export async function* unpackZstd(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { Decompress } = await import('fzstd');
  let ready: Buffer[] = [];
  const decoder = new Decompress((chunk) => {
    // The decoder writes on in what it gives.
    if (chunk.length > 0) ready.push(Buffer.from(chunk));
  });
  const take = () => {
    const taken = ready;
    ready = [];
    return taken;
  };
  for await (const chunk of packed) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      decoder.push(chunk.subarray(at, at + PIECE));
      yield* take();
    }
  }
  decoder.push(new Uint8Array(0), true);
  yield* take();
}
