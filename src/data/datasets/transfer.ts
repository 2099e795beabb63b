import { closeSync, openSync, renameSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { byteSize } from '../../byteSize.js';
import { UserError } from '../../error.js';
import type { Progress, Task } from '../../progress.js';
import { errorCode, flush, replace, temporaryFor } from '../../run/atomic.js';
import { sha256Of, sizeOf } from './files.js';
import { get, type Reply } from './http.js';

/** A file that is known before it is fetched. */
export interface Expected {
  archive: string;
  bytes: number;
  sha256: string;
}

export interface TransferOptions {
  /** Attempts in a row that bring nothing new before it gives up. */
  attempts?: number;
  /** Pause after the first of them, doubled after each. */
  pauseMs?: number;
  /** A connection that brings nothing for so long is given up. */
  silenceMs?: number;
}

const LONGEST_PAUSE_MS = 60_000;
/** Answers that another attempt may change. */
const PASSING = new Set([408, 425, 429]);

/** Another attempt may succeed. */
class Passing extends Error {
  constructor(
    message: string,
    readonly pauseMs?: number,
  ) {
    super(message);
  }
}

/** What has arrived can't be the beginning of the file that is wanted. */
class Wrong extends Error {}

/** Which state of the file the bytes in `.part` are of. */
interface Origin {
  url: string;
  etag?: string;
  modified?: string;
}

/**
 * Fetches a file to `path`. What arrives is kept in `path.part`, also after `kill -9`, and a later attempt asks for the
 * rest alone. Only what has the expected hash gets the name `path`.
 *
 * @throws UserError when the server refuses, gives another file, or can't be reached in several attempts
 */
export async function transfer(
  url: string,
  path: string,
  expected: Expected,
  progress: Progress,
  { attempts = 8, pauseMs = 1000, silenceMs = 30_000 }: TransferOptions = {},
): Promise<void> {
  const part = `${path}.part`;
  let most = (await sizeOf(part)) ?? 0;
  const task = progress.task(expected.archive, expected.bytes, { unit: 'bytes', from: most });
  for (let [failures, wrong] = [0, 0]; ; ) {
    try {
      await attempt(url, part, expected, task, silenceMs);
      await finish(part, path, expected);
      return task.finish(byteSize(expected.bytes));
    } catch (error) {
      if (error instanceof Wrong) {
        await discard(part);
        if (++wrong === 2) throw anotherFile(url, expected, error);
        progress.note(`${expected.archive}: ${error.message}. Fetching it once more, from its start.`);
        continue;
      }
      if (!isPassing(error)) throw error;
      const here = (await sizeOf(part)) ?? 0;
      failures = here > most ? 1 : failures + 1;
      most = Math.max(most, here);
      if (failures >= attempts) throw givenUp(url, expected, here, error);
      const pause = Math.min(LONGEST_PAUSE_MS, (error as Passing).pauseMs ?? pauseMs * 2 ** (failures - 1));
      progress.note(`${expected.archive}: ${reasonOf(error)}. Trying again in ${Math.ceil(pause / 1000)} s.`);
      await sleep(pause);
    }
  }
}

/** Asks once for what is missing, and keeps what comes. */
async function attempt(url: string, part: string, expected: Expected, task: Task, silenceMs: number): Promise<void> {
  const here = (await sizeOf(part)) ?? 0;
  if (here === expected.bytes) return;
  if (here > expected.bytes) throw new Wrong('there is more of it here than it has');
  const origin = here > 0 ? await readOrigin(part) : undefined;
  const reply = await get(url, here > 0 ? rangeFrom(here, origin) : {}, silenceMs);
  try {
    // Nothing is awaited until the body is read: when a connection is cut, what hasn't been read is lost.
    const start = startOf(url, reply, here, origin);
    if (start < here) truncateSync(part, 0);
    if (start === 0) writeOrigin(part, { url, ...stateOf(reply) });
    await append(reply, part, start, expected, task);
  } finally {
    await reply.close();
  }
}

function rangeFrom(here: number, origin: Origin | undefined): Record<string, string> {
  // A weak tag doesn't promise equal bytes.
  const state = origin?.etag?.startsWith('"') ? origin.etag : origin?.modified;
  return { range: `bytes=${here}-`, ...(state ? { 'if-range': state } : {}) };
}

/** Where in the file the body begins: behind what is here, or at 0 when the server begins anew. */
function startOf(url: string, reply: Reply, here: number, origin: Origin | undefined): number {
  const { status } = reply;
  if (status === 200) return 0;
  if (status === 206) {
    const [, start] = /^bytes (\d+)-/.exec(reply.header('content-range') ?? '') ?? [];
    const { etag } = stateOf(reply);
    if (Number(start) === here && (!origin?.etag || !etag || etag === origin.etag)) return here;
    throw new Wrong('the server has changed it, or gives another part of it than was asked for');
  }
  if (status === 416) throw new Wrong('the server has less of it than is here');
  if (status >= 500 || PASSING.has(status)) throw new Passing(`the server answers ${status}`, pauseOf(reply));
  throw new UserError(`The server refuses ${url} with ${status}. ${ELSEWHERE}`);
}

async function append(reply: Reply, part: string, start: number, { bytes }: Expected, task: Task): Promise<void> {
  const file = openSync(part, 'a');
  let at = start;
  try {
    for await (const chunk of reply.body) {
      if (at + chunk.length > bytes) throw new Wrong(`the server sends more than the ${byteSize(bytes)} that it has`);
      writeSync(file, chunk);
      at += chunk.length;
      task.update(at, `${byteSize(at)} of ${byteSize(bytes)}`);
    }
  } finally {
    closeSync(file);
  }
  if (at < bytes) throw new Passing(`the connection ended after ${byteSize(at)} of ${byteSize(bytes)}`);
}

async function finish(part: string, path: string, { sha256 }: Expected): Promise<void> {
  const found = await sha256Of(part);
  if (found !== sha256) throw new Wrong(`its sha256 is ${found}, not ${sha256}`);
  await flush(part);
  await replace(part, path);
  await rm(originOf(part), { force: true });
}

async function discard(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(originOf(part), { force: true });
}

function originOf(part: string): string {
  return `${part}.json`;
}

function writeOrigin(part: string, origin: Origin): void {
  const tmp = temporaryFor(part);
  writeFileSync(tmp, JSON.stringify(origin));
  renameSync(tmp, originOf(part));
}

async function readOrigin(part: string): Promise<Origin | undefined> {
  try {
    return JSON.parse(await readFile(originOf(part), 'utf8')) as Origin;
  } catch {
    // Without it the rest is asked for unconditionally, and the hash decides.
    return undefined;
  }
}

function stateOf(reply: Reply): Omit<Origin, 'url'> {
  return { etag: reply.header('etag'), modified: reply.header('last-modified') };
}

function pauseOf(reply: Reply): number | undefined {
  const seconds = Number(reply.header('retry-after'));
  return seconds > 0 ? seconds * 1000 : undefined;
}

/** What the disk says, and no connection. */
const OF_DISK = ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'EIO', 'ENOENT', 'ENOTDIR', 'EISDIR', 'EMFILE'];

function isPassing(error: unknown): boolean {
  return !(error instanceof UserError) && !OF_DISK.includes(errorCode(error) ?? '');
}

function reasonOf(error: unknown): string {
  const { message } = error as Error;
  return message || errorCode(error) || 'the connection failed';
}

const ELSEWHERE =
  'Get the archive in another way and give it with --file, or name a server that has it with --mirror URL.';

function anotherFile(url: string, { archive, bytes, sha256 }: Expected, { message }: Error): UserError {
  return new UserError(
    `${url} isn't ${archive} (${bytes} bytes, sha256 ${sha256}): ${message}. Nothing of it was kept. ${ELSEWHERE}`,
  );
}

function givenUp(url: string, { bytes }: Expected, here: number, error: unknown): UserError {
  return new UserError(
    `${url} can't be fetched: ${reasonOf(error)}. ${byteSize(here)} of ${byteSize(bytes)} are kept; the same command goes on from there. ${ELSEWHERE}`,
    { cause: error },
  );
}
