import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { byteSize } from '../../byteSize.js';
import { UserError } from '../../error.js';

const LF = 10;
/** More files than any data set has. */
const MOST_FILES = 100_000;

export interface UnpackOptions {
  /** Bytes to write at most: what a data set is known to unpack to, with room. */
  mostBytes: number;
  /** Of the log files, in the order of the archive, so many lines together. */
  limitLines?: number;
  /** Called with the number of packed bytes that were read, and of unpacked bytes that were written. */
  onProgress?: (read: number, written: number) => void;
}

export interface Unpacked {
  /** Paths below the folder, in the order of the archive. */
  files: { path: string; bytes: number }[];
  /** Of the log files; counted only where there is a limit. */
  lines: number;
}

/** A folder that is filled with the entries of an archive, and with nothing outside of it. */
export class Unpacking {
  readonly result: Unpacked = { files: [], lines: 0 };
  private written = 0;
  private read = 0;

  /** @param dir an empty folder */
  constructor(
    private readonly dir: string,
    private readonly options: UnpackOptions,
  ) {}

  /** Whether all the lines that are wanted are there. */
  get enough(): boolean {
    return this.options.limitLines !== undefined && this.result.lines >= this.options.limitLines;
  }

  /** Whether a file counts against the limit of lines. */
  isLog(name: string): boolean {
    return /\.log$/i.test(name);
  }

  /** Notes how much of the archive was read. */
  reading(bytes: number): void {
    this.read = bytes;
    this.options.onProgress?.(this.read, this.written);
  }

  async folder(name: string): Promise<void> {
    await mkdir(join(this.dir, safePath(name)), { recursive: true });
  }

  /** @throws UserError when the name leaves the folder, or the archive unpacks to far more than it should */
  async file(name: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const path = safePath(name);
    if (this.result.files.length === MOST_FILES) throw unsafe(`it has more than ${MOST_FILES} files`);
    await mkdir(dirname(join(this.dir, path)), { recursive: true });
    // An entry never writes over another.
    const file = await open(join(this.dir, path), 'wx').catch((error) => {
      throw error.code === 'EEXIST' ? unsafe(`it has ${path} twice`) : error;
    });
    try {
      const limited = this.options.limitLines !== undefined && this.isLog(path);
      const bytes = await this.copy(limited ? this.firstLines(content) : content, file);
      this.result.files.push({ path, bytes });
    } finally {
      await file.close();
    }
  }

  private async copy(content: AsyncIterable<Uint8Array>, file: FileHandle): Promise<number> {
    let bytes = 0;
    for await (const chunk of content) {
      bytes += chunk.length;
      this.written += chunk.length;
      if (this.written > this.options.mostBytes) {
        throw unsafe(`it unpacks to more than ${byteSize(this.options.mostBytes)}`);
      }
      await file.write(chunk);
      this.options.onProgress?.(this.read, this.written);
    }
    return bytes;
  }

  /** Ends behind the last line that is wanted. */
  private async *firstLines(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const wanted = this.options.limitLines as number;
    for await (const chunk of content) {
      let end = 0;
      while (this.result.lines < wanted) {
        const at = chunk.indexOf(LF, end);
        if (at < 0) break;
        end = at + 1;
        this.result.lines++;
      }
      yield this.result.lines < wanted ? chunk : chunk.subarray(0, end);
      if (this.result.lines === wanted) return;
    }
  }
}

/** An entry's name as a path below the folder. */
function safePath(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a name may hold any
  const bad = name.startsWith('/') || parts.includes('..') || /[\\:\u0000-\u001f]/.test(name) || parts.length === 0;
  if (bad) throw unsafe(`it names the path ${JSON.stringify(name)}`);
  return join(...parts);
}

export function unsafe(why: string): UserError {
  return new UserError(`The archive isn't safe to unpack: ${why}. Nothing of it was kept.`);
}
