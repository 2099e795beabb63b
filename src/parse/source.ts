import { type FileHandle, open, stat } from 'node:fs/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import { UserError } from '../error.js';

/** The name that stands for standard input. */
export const STDIN = '-';

const CHUNK = 1 << 20;
/** Packed bytes that are unpacked at once: logs seldom shrink more than fiftyfold. */
const PACKED_CHUNK = 1 << 17;

/** The content of a source can't be read on. `lines` that came before are whole. */
export class BrokenSource extends Error {}

export interface SourceOptions {
  /** Bytes to read from a plain file: a log that grows meanwhile is read up to here. */
  limit?: number;
  /** Called with the number of bytes read from the file, as stored. */
  onRead?: (bytes: number) => void;
  /** Stands in for standard input. */
  stdin?: AsyncIterable<Uint8Array>;
  chunkBytes?: number;
}

/**
 * Reads a plain or gzip-compressed file, or standard input, as a stream of chunks; what it is is told by its first
 * bytes. Every chunk has memory of its own.
 *
 * @throws UserError when the file is missing, a folder, or not text
 * @throws BrokenSource when compressed data is damaged or ends too early
 */
export async function* readSource(file: string, options: SourceOptions = {}): AsyncGenerator<Buffer> {
  const raw = file === STDIN ? readStdin(options) : readPlain(file, options);
  let first = true;
  let unpacker: Unpacker | undefined;
  try {
    for await (const chunk of raw) {
      if (first) unpacker = unpackerFor(file, chunk);
      first = false;
      if (unpacker) yield* unpacker.push(chunk);
      else yield chunk;
    }
    if (unpacker) yield* unpacker.end();
  } finally {
    unpacker?.close();
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
  if (bytes.subarray(0, 1 << 16).includes(0)) {
    throw new UserError(
      `${named(file)} isn't a text file (it has NUL bytes); expected a log, plain or gzip-compressed.`,
    );
  }
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

async function* readPlain(file: string, options: SourceOptions): AsyncGenerator<Buffer> {
  const { limit = Infinity, onRead, chunkBytes = CHUNK } = options;
  const handle = await openSource(file);
  try {
    let at = 0;
    let next = readChunk(handle, Math.min(chunkBytes, limit));
    for (;;) {
      const chunk = await next;
      at += chunk.length;
      if (chunk.length === 0) return;
      // Read ahead while this chunk is parsed.
      next = readChunk(handle, Math.min(chunkBytes, limit - at));
      next.catch(() => {});
      onRead?.(at);
      yield chunk;
    }
  } finally {
    await handle.close();
  }
}

async function readChunk(handle: FileHandle, bytes: number): Promise<Buffer> {
  if (bytes === 0) return Buffer.alloc(0);
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafeSlow(bytes), 0, bytes, null);
  return buffer.subarray(0, bytesRead);
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

function unpackerFor(file: string, chunk: Buffer): Unpacker | undefined {
  if (chunk[0] === 0x1f && chunk[1] === 0x8b) return new Unpacker();
  if (file.endsWith('.gz')) throw new UserError(`${file} isn't gzip-compressed, though its name ends in .gz.`);
  return undefined;
}

/** Unpacks a gzip stream; everything before a fault comes out before the fault is thrown. */
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
    if (this.failure) throw broken(this.failure);
  }

  async *end(): AsyncGenerator<Buffer> {
    this.gunzip.end();
    if (!this.ended && !this.failure) await this.woken();
    yield* this.take();
    if (this.failure) throw broken(this.failure);
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

function broken(error: Error): BrokenSource {
  const { code } = error as NodeJS.ErrnoException;
  return new BrokenSource(code === 'Z_BUF_ERROR' ? 'it ends too early' : error.message, { cause: error });
}
