/**
 * Joins and cuts chunks so that each but the last has `size` bytes: what is done by the chunk is then the same for a file,
 * a pipe and an archive. What came before a fault comes out before it.
 */
export async function* evenChunks(chunks: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  const release = () => {
    const chunk = held.length === 1 ? held[0] : Buffer.concat(held, heldBytes);
    held = [];
    heldBytes = 0;
    return chunk;
  };
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; ) {
        const piece = chunk.subarray(at, at + size - heldBytes);
        held.push(piece);
        heldBytes += piece.length;
        at += piece.length;
        if (heldBytes === size) yield release();
      }
    }
  } catch (error) {
    if (heldBytes > 0) yield release();
    throw error;
  }
  if (heldBytes > 0) yield release();
}
