import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { snappyUncompress } from 'hyparquet/src/snappy.js';
import type { RunFolder } from '../../run/folder.js';
import { readEventRows } from '../events/eventReader.js';
import { readSource } from '../input/source.js';
import { compressionOf } from '../input/unpack/compression.js';
import { type LineIndex, TRAILER_BYTES } from './lineStoreFormat.js';
import { hashOf } from './lineStoreWriter.js';

const unpack = promisify(inflateRaw);
const LF = 10;

/** The lines of an event as they were read, without their end. */
export interface RawLine {
  file: string;
  /** The first one, 1-based in its file. */
  line: number;
  /** Lines that were joined to the first follow it, each after an LF. */
  text: string;
}

/** Gives the raw lines of events: from the compressed copy in the run, or, if none was kept, from the sources. */
export class LineStore {
  private constructor(
    private readonly handle: FileHandle,
    private readonly index: LineIndex,
    private readonly events: string,
  ) {}

  /** @throws UserError when the run has no events or lines */
  static async open(run: RunFolder): Promise<LineStore> {
    const events = await run.require('events');
    const handle = await open(await run.require('lines'), 'r');
    return new LineStore(handle, await readIndex(handle), events);
  }

  /**
   * Raw lines of rows of events.parquet, in the order of `rows`; undefined where the source has gone or changed since.
   * Only the blocks of these lines are unpacked.
   */
  async read(rows: readonly number[]): Promise<(RawLine | undefined)[]> {
    const events = await readEventRows(this.events, rows, ['file', 'line', 'offset', 'lines']);
    const names = this.index.files.map(({ name }) => name);
    const places = events.map(({ file, offset }) => this.blockAt(names.indexOf(file), offset));
    const blocks = new Map<number, Buffer | undefined>();
    await this.load(places, blocks);
    const texts: (string | undefined)[] = [];
    for (const [i, { offset, lines }] of events.entries()) {
      texts.push(await this.text(places[i], offset, lines, blocks));
    }
    return events.map(({ file, line }, i) => {
      const text = texts[i];
      return text === undefined ? undefined : { file, line, text };
    });
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  private blockAt(file: number, offset: number): number {
    const { blocks } = this.index;
    const at = blocks.file.findIndex(
      (of, i) => of === file && blocks.offset[i] <= offset && offset < blocks.offset[i] + blocks.length[i],
    );
    if (at < 0) throw new RangeError(`there is no block with byte ${offset} of file ${file}`);
    return at;
  }

  /** The `lines` lines of which the first begins in `block`; they may end in a later one. */
  private async text(
    block: number,
    offset: number,
    lines: number,
    blocks: Map<number, Buffer | undefined>,
  ): Promise<string | undefined> {
    const { file, offset: starts } = this.index.blocks;
    const pieces: Buffer[] = [];
    let from = offset - starts[block];
    let left = lines;
    for (let at = block; left > 0 && file[at] === file[block]; at++) {
      await this.load([at], blocks);
      const bytes = blocks.get(at);
      if (!bytes) return undefined;
      let end = from;
      while (left > 0 && end >= 0) {
        end = bytes.indexOf(LF, end) + 1;
        if (end === 0) break;
        left--;
      }
      pieces.push(bytes.subarray(from, end === 0 ? undefined : end));
      from = 0;
    }
    const text = Buffer.concat(pieces).toString('utf8').replaceAll('\r\n', '\n');
    return text.replace(/[\r\n]$/, '');
  }

  private async load(wanted: readonly number[], blocks: Map<number, Buffer | undefined>): Promise<void> {
    const missing = [...new Set(wanted)].filter((block) => !blocks.has(block));
    if (this.index.kept) for (const block of missing) blocks.set(block, await this.unpacked(block));
    else for (const [file] of this.index.files.entries()) await this.loadFromSource(file, missing, blocks);
  }

  private async unpacked(block: number): Promise<Buffer> {
    const { at, packed, length } = this.index.blocks;
    const bytes = Buffer.alloc(packed[block]);
    await this.handle.read(bytes, 0, bytes.length, at[block]);
    const raw = Buffer.alloc(length[block]);
    snappyUncompress(bytes, raw);
    return raw;
  }

  /** Blocks of one source, each checked by its hash. */
  private async loadFromSource(
    file: number,
    missing: readonly number[],
    blocks: Map<number, Buffer | undefined>,
  ): Promise<void> {
    const { file: of, offset, length, hash } = this.index.blocks;
    const wanted = missing.filter((block) => of[block] === file);
    const ranges = wanted.map((block) => ({ start: offset[block], end: offset[block] + length[block] }));
    const { path } = this.index.files[file];
    const found = wanted.length > 0 && path ? await readRanges(path, ranges) : [];
    for (const [i, block] of wanted.entries()) {
      const bytes = found[i];
      blocks.set(block, bytes && hashOf(bytes) === hash[block] ? bytes : undefined);
    }
  }
}

async function readIndex(handle: FileHandle): Promise<LineIndex> {
  const { size } = await handle.stat();
  const trailer = Buffer.alloc(TRAILER_BYTES);
  await handle.read(trailer, 0, TRAILER_BYTES, size - TRAILER_BYTES);
  const packed = Buffer.alloc(trailer.readUInt32LE(8));
  await handle.read(packed, 0, packed.length, Number(trailer.readBigUInt64LE(0)));
  return JSON.parse((await unpack(packed)).toString('utf8')) as LineIndex;
}

/** Byte ranges of a source's (unpacked) stream; undefined where they can't be read. */
async function readRanges(path: string, ranges: { start: number; end: number }[]): Promise<(Buffer | undefined)[]> {
  try {
    const handle = await open(path, 'r');
    try {
      const first = Buffer.alloc(8);
      await handle.read(first, 0, first.length, 0);
      return compressionOf(path, first) ? await readPacked(path, ranges) : await readPlain(handle, ranges);
    } finally {
      await handle.close();
    }
  } catch {
    return [];
  }
}

async function readPlain(handle: FileHandle, ranges: { start: number; end: number }[]): Promise<Buffer[]> {
  return Promise.all(
    ranges.map(async ({ start, end }) => {
      const bytes = Buffer.alloc(end - start);
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
      return bytes.subarray(0, bytesRead);
    }),
  );
}

/** A compressed stream can't be entered in the middle: it's unpacked up to the last range. */
async function readPacked(path: string, ranges: { start: number; end: number }[]): Promise<Buffer[]> {
  const found = ranges.map(({ start, end }) => Buffer.alloc(end - start));
  const last = Math.max(...ranges.map(({ end }) => end));
  let at = 0;
  for await (const chunk of readSource(path)) {
    for (const [i, { start, end }] of ranges.entries()) {
      const from = Math.max(start, at);
      const to = Math.min(end, at + chunk.length);
      if (from < to) chunk.copy(found[i], from - start, from - at, to - at);
    }
    at += chunk.length;
    if (at >= last) break;
  }
  return found;
}
