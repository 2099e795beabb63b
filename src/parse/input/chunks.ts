/**
 * Joins and cuts chunks so that each but the last has `size` bytes: what is done by the chunk is then the same for a file,
 * a pipe and an archive. A chunk holds until the next one is asked for. What came before a fault comes out before it.
 */
export async function* evenChunks(chunks: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  const room = new LazyRoom(size);
  try {
    for await (const chunk of chunks) {
      if (room.used === 0 && chunk.length === size) {
        yield chunk;
        continue;
      }
      for (let at = 0; at < chunk.length; ) {
        at += room.add(chunk.subarray(at));
        if (room.used === size) yield room.take();
      }
    }
  } catch (error) {
    if (room.used > 0) yield room.take();
    throw error;
  }
  if (room.used > 0) yield room.take();
}

/** A buffer that is filled again and again. */
class LazyRoom {
  used = 0;
  private bytes: Buffer | undefined;

  constructor(private readonly size: number) {}

  /** Adds as much as there is room for. Returns how much that was. */
  add(piece: Buffer): number {
    this.bytes ??= Buffer.allocUnsafeSlow(this.size);
    const added = piece.copy(this.bytes, this.used);
    this.used += added;
    return added;
  }

  take(): Buffer {
    const chunk = (this.bytes as Buffer).subarray(0, this.used);
    this.used = 0;
    return chunk;
  }
}
