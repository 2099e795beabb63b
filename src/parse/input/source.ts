import { type FileHandle, open, stat } from 'node:fs/promises';
import { UserError } from '../../error.js';
import { BrokenSource } from './unpack/broken.js';
import { type Compression, compressionOf } from './unpack/compression.js';

export { BrokenSource } from './unpack/broken.js';

/** The name that stands for standard input. */
export const STDIN = '-';

/** Bytes of a chunk. */
export const CHUNK = 1 << 20;
/** Chunks of a file that are read at once: each read has to wait for a thread, and wakes it. */
const CHUNKS_A_READ = 4;
/** Reads that are asked for before they are wanted. */
const READS_AHEAD = 2;

export interface SourceOptions {
  /** Bytes to read from a plain file: a log that grows meanwhile is read up to here. */
  limit?: number;
  /** Called with the number of bytes read from the file, as stored. */
  onRead?: (bytes: number) => void;
  /** Stands in for standard input. */
  stdin?: AsyncIterable<Uint8Array>;
  chunkBytes?: number;
  /** Whether a chunk has to hold only until the next one is asked for: memory is used again then. */
  recycle?: boolean;
}

/**
 * Reads a plain or compressed file (gzip, Zstandard, xz, bzip2), or standard input, as a stream of chunks; what it is is
 * told by its first bytes. Unless told otherwise, every chunk has memory of its own.
 *
 * @throws UserError when the file is missing, a folder, or not what its name says
 * @throws BrokenSource when compressed data is damaged or ends too early
 */
export async function* readSource(file: string, options: SourceOptions = {}): AsyncGenerator<Buffer> {
  const buffers = new Buffers();
  const raw = file === STDIN ? readStdin(options) : readPlain(file, options, buffers);
  try {
    const { value: first, done } = await raw.next();
    if (done) return;
    const compression = compressionOf(file, first);
    // Unpacking asks for more before it's done with a chunk.
    buffers.recycled = options.recycle === true && !compression;
    const whole = withFirst(first, raw);
    yield* compression ? unpacked(compression, whole) : whole;
  } finally {
    await raw.return(undefined);
  }
}

async function* withFirst(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

/** Everything before a fault comes out before the fault is thrown. */
async function* unpacked({ name, unpack }: Compression, packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* unpack(packed);
  } catch (error) {
    throw error instanceof UserError ? error : new BrokenSource(name, error as Error);
  }
}

/**
 * Size of a file in bytes; undefined for standard input, pipes and whatever else can be read only once.
 * @throws UserError when the file is missing or a folder
 */
export async function sourceSize(file: string): Promise<number | undefined> {
  if (file === STDIN) return undefined;
  // Not by opening it: a pipe's writer would see its reader leave.
  const stats = await stat(file).catch((error) => {
    throw unreadable(file, error);
  });
  if (stats.isDirectory()) throw unreadable(file, { code: 'EISDIR' });
  return stats.isFile() ? stats.size : undefined;
}

/** @throws UserError when the bytes, the first of a file, hold a NUL: no log has one */
export function refuseBinary(file: string, bytes: Uint8Array): void {
  if (!bytes.subarray(0, 1 << 16).includes(0)) return;
  const start = Buffer.from(bytes.subarray(0, 2)).toString('latin1');
  if (start === '\xff\xfe' || start === '\xfe\xff') {
    throw new UserError(`${named(file)} is UTF-16; expected UTF-8.`, { next: 'iconv -f UTF-16 -t UTF-8 FILE' });
  }
  throw new UserError(
    `${named(file)} isn't a text file (it has NUL bytes); expected a log, plain or compressed (gzip, Zstandard, xz, bzip2).`,
  );
}

/** How messages name a source. */
export function named(file: string): string {
  return file === STDIN ? 'Standard input' : file;
}

async function* readStdin({ stdin = process.stdin, onRead }: SourceOptions): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    total += bytes.length;
    onRead?.(total);
    yield bytes;
  }
}

async function* readPlain(file: string, options: SourceOptions, buffers: Buffers): AsyncGenerator<Buffer> {
  const { limit = Infinity, onRead, chunkBytes = CHUNK } = options;
  const readBytes = chunkBytes * CHUNKS_A_READ;
  const handle = await openSource(file);
  try {
    const ahead = (await handle.stat()).isFile() ? READS_AHEAD : 1;
    let reads: Promise<Buffer>[] = [];
    let at = 0;
    let asked = 0;
    for (;;) {
      while (reads.length < ahead) {
        const bytes = Math.min(readBytes, limit - asked);
        const read = readChunk(handle, buffers.take(bytes), ahead > 1 ? asked : null);
        read.catch(() => {});
        reads.push(read);
        asked += bytes;
      }
      const found = (await reads.shift()) as Buffer;
      if (found.length === 0) return;
      const before = at;
      at += found.length;
      // It may be less than was asked for; what was read behind it is of no use then.
      if (found.length < Math.min(readBytes, limit - before)) {
        await Promise.all(reads);
        reads = [];
        asked = at;
      }
      for (let from = 0; from < found.length; from += chunkBytes) {
        const chunk = found.subarray(from, from + chunkBytes);
        onRead?.(before + from + chunk.length);
        yield chunk;
      }
      buffers.give(found);
    }
  } finally {
    await handle.close();
  }
}

async function readChunk(handle: FileHandle, room: Buffer, position: number | null): Promise<Buffer> {
  if (room.length === 0) return room;
  const { bytesRead } = await handle.read(room, 0, room.length, position);
  return bytesRead === room.length ? room : room.subarray(0, bytesRead);
}

/** Memory for chunks. New memory for each would drive the garbage collector, which doesn't see that it's soon done with. */
class Buffers {
  recycled = false;
  private readonly free: Buffer[] = [];

  take(bytes: number): Buffer {
    const buffer = this.free.pop();
    return buffer?.length === bytes ? buffer : Buffer.allocUnsafeSlow(bytes);
  }

  give(buffer: Buffer): void {
    if (this.recycled) this.free.push(buffer);
  }
}

async function openSource(file: string): Promise<FileHandle> {
  const handle = await open(file, 'r').catch((error) => {
    throw unreadable(file, error);
  });
  // A folder can be opened on some systems, but not read.
  if (!(await handle.stat()).isDirectory()) return handle;
  await handle.close();
  throw unreadable(file, { code: 'EISDIR' });
}

function unreadable(file: string, error: unknown): UserError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new UserError(`There is no file ${file}.`);
  if (code === 'EISDIR') return new UserError(`${file} is a folder; expected a log file.`);
  if (code === 'EACCES' || code === 'EPERM') return new UserError(`${file} can't be read: permission denied.`);
  return new UserError(`${file} can't be read: ${message}.`, { cause: error });
}
