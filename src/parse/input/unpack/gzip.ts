import { createGunzip, type Gunzip } from 'node:zlib';

/** Packed bytes that are unpacked at once: logs seldom shrink more than fiftyfold. */
const PACKED_CHUNK = 1 << 17;

/** Unpacks one or more gzip members; the next part is unpacked while one is parsed. */
export async function* unpackGzip(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const unpacker = new Unpacker();
  try {
    for await (const chunk of packed) yield* unpacker.push(chunk);
    yield* unpacker.end();
  } finally {
    unpacker.close();
  }
}

/** Everything before a fault comes out before the fault is thrown. */
class Unpacker {
  private readonly gunzip: Gunzip = createGunzip({ chunkSize: 1 << 18 });
  private ready: Buffer[] = [];
  private failure: Error | undefined;
  private ended = false;
  private wake = () => {};

  constructor() {
    this.gunzip.on('data', (chunk: Buffer) => this.ready.push(chunk));
    this.gunzip.on('end', () => {
      this.ended = true;
      this.wake();
    });
    this.gunzip.on('error', (error) => {
      this.failure = error;
      this.wake();
    });
  }

  async *push(packed: Buffer): AsyncGenerator<Buffer> {
    let written = this.write(packed.subarray(0, PACKED_CHUNK));
    for (let at = PACKED_CHUNK; ; at += PACKED_CHUNK) {
      await written;
      const ready = this.take();
      const more = at < packed.length && !this.failure;
      // Unpack on while this part is parsed.
      if (more) written = this.write(packed.subarray(at, at + PACKED_CHUNK));
      yield* ready;
      if (!more) break;
    }
    if (this.failure) throw this.failure;
  }

  async *end(): AsyncGenerator<Buffer> {
    this.gunzip.end();
    if (!this.ended && !this.failure) await this.woken();
    yield* this.take();
    if (this.failure) throw this.failure;
  }

  close(): void {
    this.gunzip.destroy();
  }

  private write(piece: Buffer): Promise<void> {
    const woken = this.woken();
    this.gunzip.write(piece, () => this.wake());
    return woken;
  }

  private woken(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private take(): Buffer[] {
    const { ready } = this;
    this.ready = [];
    return ready;
  }
}
