import { createWriteStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { inputFiles } from '../../config/inputFiles.js';
import { UsageError, UserError } from '../../error.js';
import type { Task } from '../../progress.js';
import { explainWrite } from '../../run/atomic.js';
import type { RunFolder } from '../../run/folder.js';
import type { PiiMasker } from '../pii/piiMasker.js';
import { evenChunks } from './chunks.js';
import { type LineSink, LineSplitter } from './lineSplitter.js';
import { BrokenSource, CHUNK, named, readSource, refuseBinary, STDIN, sourceSize } from './source.js';

/** One of the logs that are parsed as one stream. */
export interface LogFile {
  /** As the user gave it. */
  name: string;
  /** What is read: the same, or the copy of standard input. */
  path: string;
  /** Bytes as stored, when parsing began; undefined when not known. */
  bytes?: number;
}

export interface ReadOptions {
  maxLineBytes: number;
  task: Task;
  stdin?: AsyncIterable<Uint8Array>;
  chunkBytes?: number;
  /** Masks personal data in all that is read. */
  pii?: PiiMasker;
  /** Asked before each chunk with the lines so far; where it says yes, reading ends there. */
  enough?: (lines: number) => boolean;
}

/**
 * Looks all files up before anything is written.
 * @param next the command line to advise where no file is named
 * @throws UsageError when there is none; UserError when one is missing or a folder without any file to read
 */
export async function findLogs(
  input: { files: readonly string[]; rotated?: boolean },
  next = 'logbert parse FILE',
): Promise<LogFile[]> {
  const files = inputFiles(input);
  if (files.length === 0) throw new UsageError('No log file given; - is standard input.', { next });
  if (files.filter((file) => file === STDIN).length > 1) throw new UsageError('Standard input can be read only once.');
  const empty = files.find((name) => name !== STDIN && statSync(name, { throwIfNoEntry: false })?.isDirectory());
  if (empty !== undefined) throw new UserError(`The folder ${empty} holds no file to read.`);
  return Promise.all(files.map(async (name) => ({ name, path: name, bytes: await sourceSize(name) })));
}

/** Bytes of all files together; undefined when not known. */
export function totalBytes(logs: readonly LogFile[]): number | undefined {
  return logs.reduce<number | undefined>(
    (sum, { bytes }) => (sum === undefined || bytes === undefined ? undefined : sum + bytes),
    0,
  );
}

/**
 * Copies what can be read only once to a temporary file of the run, so that it can be read twice.
 * @param options.stdin stands in for standard input
 * @param options.pii masks personal data in the copy
 */
export async function spooled(
  logs: readonly LogFile[],
  run: RunFolder,
  { stdin = process.stdin, pii }: Pick<ReadOptions, 'stdin' | 'pii'> = {},
): Promise<LogFile[]> {
  const copies: LogFile[] = [];
  for (const log of logs) {
    if (log.bytes !== undefined) {
      copies.push(log);
      continue;
    }
    const path = run.temporary('stdin.log');
    const source = log.path === STDIN ? stdin : readSource(log.path);
    await pipeline(pii ? pii.maskAll(source) : source, createWriteStream(path)).catch((error) => {
      throw explainWrite(error, path);
    });
    copies.push({ name: log.name, path, bytes: await sourceSize(path) });
  }
  return copies;
}

/**
 * Reads all files, one after the other, and gives their lines to `sinkFor(file)`.
 *
 * @param onChunk awaited after each chunk's lines; the place for back-pressure
 * @returns the number of lines
 * @throws UserError when a file is binary, or damaged (then it says after which line)
 */
export async function readLines(
  logs: readonly LogFile[],
  { maxLineBytes, task, stdin, chunkBytes = CHUNK, pii, enough }: ReadOptions,
  sinkFor: (file: number) => LineSink,
  onChunk: (chunk: Buffer, file: number) => Promise<void> | void = () => {},
): Promise<number> {
  let lines = 0;
  let before = 0;
  for (const [file, { name, path, bytes }] of logs.entries()) {
    const splitter = new LineSplitter(sinkFor(file), maxLineBytes);
    let first = true;
    const onRead = (done: number) => task.update(before + done, `${count(lines + splitter.lines)} lines`);
    try {
      const source = readSource(path, { limit: bytes, onRead, stdin, chunkBytes, recycle: true });
      for await (const chunk of evenChunks(pii ? pii.maskAll(source) : source, chunkBytes)) {
        if (enough?.(lines + splitter.lines)) return lines + splitter.lines;
        if (first) refuseBinary(name, chunk);
        first = false;
        splitter.push(chunk);
        await onChunk(chunk, file);
      }
    } catch (error) {
      throw error instanceof BrokenSource ? damaged(name, splitter.lines, error) : error;
    }
    splitter.finish();
    lines += splitter.lines;
    before += bytes ?? 0;
  }
  return lines;
}

/** A whole number for people: `12,345`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

function damaged(name: string, lines: number, error: BrokenSource): UserError {
  const what = `is a damaged ${error.compression} file after line ${count(lines)}`;
  const message = `${named(name)} ${what}: ${error.message}. Fetch it again.`;
  return new UserError(message, { cause: error });
}
