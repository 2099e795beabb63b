import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import { writeAll } from '../writeAll.js';
import { emptyIndex, type LineIndex, MAGIC } from './lineStoreFormat.js';

const compress = promisify(deflateRaw);

/**
 * Writes lines.zlines: the bytes of the sources in packed blocks that can be read one by one, or only the hash of each
 * block.
 */
export class LineStoreWriter {
  private readonly index: LineIndex;
  private position = 0;
  private file = 0;
  private offset = 0;

  private constructor(
    private readonly output: FileHandle,
    private readonly kept: boolean,
    files: LineIndex['files'],
  ) {
    this.index = emptyIndex(kept, files);
    this.append(Buffer.from(MAGIC));
  }

  static async create(path: string, kept: boolean, files: LineIndex['files']): Promise<LineStoreWriter> {
    return new LineStoreWriter(await open(path, 'w'), kept, files);
  }

  /**
   * Adds the next bytes of a file as a block.
   * @param packed the same in Snappy's format, where lines are kept
   */
  add(file: number, block: Uint8Array, packed: Uint8Array): void {
    const { blocks } = this.index;
    if (file !== this.file) this.offset = 0;
    this.file = file;
    blocks.file.push(file);
    blocks.offset.push(this.offset);
    blocks.length.push(block.length);
    this.offset += block.length;
    if (!this.kept) {
      blocks.hash.push(hashOf(block));
      return;
    }
    blocks.at.push(this.position);
    blocks.packed.push(packed.length);
    this.append(packed);
  }

  async finish(): Promise<void> {
    const at = this.position;
    const packed = await compress(JSON.stringify(this.index));
    const trailer = Buffer.alloc(12);
    trailer.writeBigUInt64LE(BigInt(at), 0);
    trailer.writeUInt32LE(packed.length, 8);
    this.append(Buffer.concat([packed, trailer]));
  }

  /** Closes the file; to be called whether `finish` was or not. */
  async close(): Promise<void> {
    await this.output.close();
  }

  private append(bytes: Uint8Array): void {
    this.position += bytes.length;
    writeAll(this.output.fd, bytes);
  }
}

/** Tells whether a block of a source is still what was parsed. */
export function hashOf(block: Uint8Array): string {
  return createHash('sha256').update(block).digest('hex').slice(0, 16);
}
