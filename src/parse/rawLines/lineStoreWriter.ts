import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, deflateRaw } from 'node:zlib';
import { BLOCK_BYTES, emptyIndex, type LineIndex, MAGIC } from './lineStoreFormat.js';

const compress = promisify(deflateRaw);
/** Room for a packed block: zlib comes back to this thread whenever its room is full. */
const PACKED_BYTES = BLOCK_BYTES >> 2;

/**
 * Writes lines.zlines: the bytes of the sources in compressed blocks that can be read one by one, or only the hash of
 * each block. zlib's threads compress while the next lines are parsed.
 */
export class LineStoreWriter {
  private readonly index: LineIndex;
  private position = 0;
  private file = 0;
  private offset = 0;
  private gathered: Buffer[] = [];
  private gatheredBytes = 0;
  private waiting = 0;
  private writing: Promise<void>;

  private constructor(
    private readonly output: FileHandle,
    private readonly kept: boolean,
    files: LineIndex['files'],
  ) {
    this.index = emptyIndex(kept, files);
    this.writing = this.append(Buffer.from(MAGIC));
  }

  static async create(path: string, kept: boolean, files: LineIndex['files']): Promise<LineStoreWriter> {
    return new LineStoreWriter(await open(path, 'w'), kept, files);
  }

  /** Adds the next bytes of a file. The memory must not change afterwards. */
  add(file: number, chunk: Buffer): void {
    if (file !== this.file) this.nextFile(file);
    for (let at = 0; at < chunk.length; ) {
      const piece = chunk.subarray(at, at + BLOCK_BYTES - this.gatheredBytes);
      this.gathered.push(piece);
      this.gatheredBytes += piece.length;
      at += piece.length;
      if (this.gatheredBytes === BLOCK_BYTES) this.flushBlock();
    }
  }

  /** Blocks that wait to be compressed and written. */
  get pending(): number {
    return this.waiting;
  }

  /** Resolves when all full blocks are written. */
  drained(): Promise<void> {
    return this.writing;
  }

  async finish(): Promise<void> {
    if (this.gatheredBytes > 0) this.flushBlock();
    await this.writing;
    const packed = await compress(JSON.stringify(this.index));
    const trailer = Buffer.alloc(12);
    trailer.writeBigUInt64LE(BigInt(this.position), 0);
    trailer.writeUInt32LE(packed.length, 8);
    await this.append(packed);
    await this.append(trailer);
  }

  /** Closes the file; to be called whether `finish` was or not. */
  async close(): Promise<void> {
    await this.writing.catch(() => {});
    await this.output.close();
  }

  private nextFile(file: number): void {
    if (this.gatheredBytes > 0) this.flushBlock();
    this.file = file;
    this.offset = 0;
  }

  private flushBlock(): void {
    const { index, gathered } = this;
    const block = gathered.length === 1 ? gathered[0] : Buffer.concat(gathered);
    index.blocks.file.push(this.file);
    index.blocks.offset.push(this.offset);
    index.blocks.length.push(block.length);
    this.offset += block.length;
    this.gathered = [];
    this.gatheredBytes = 0;
    if (this.kept) this.write(block);
    else index.blocks.hash.push(hashOf(block));
  }

  private write(block: Buffer): void {
    this.waiting++;
    const packed = compress(block, { level: constants.Z_BEST_SPEED, chunkSize: PACKED_BYTES });
    this.writing = this.writing.then(async () => {
      const bytes = await packed;
      this.index.blocks.at.push(this.position);
      this.index.blocks.packed.push(bytes.length);
      await this.append(bytes);
      this.waiting--;
    });
    // Failures are met by whoever awaits `drained` or `finish`.
    this.writing.catch(() => {});
    packed.catch(() => {});
  }

  private async append(bytes: Buffer): Promise<void> {
    this.position += bytes.length;
    await this.output.writeFile(bytes);
  }
}

/** Tells whether a block of a source is still what was parsed. */
export function hashOf(block: Uint8Array): string {
  return createHash('sha256').update(block).digest('hex').slice(0, 16);
}
