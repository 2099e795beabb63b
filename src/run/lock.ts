import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../error.js';
import { errorCode, explainWrite, temporaryFor } from './atomic.js';
import { isAlive, type Owner, self } from './process.js';

export const LOCK_FILE = 'run.lock';
/** What to do where a run's folder can't be written. */
export const OTHER_RUN = 'Choose another folder with --run.';

interface LockContent extends Owner {
  host: string;
  since: string;
}

/** Says that one process writes in a folder, or replaces a file. The lock of a process that has ended is taken over. */
export class Lock {
  private constructor(
    private readonly path: string,
    private readonly content: string,
  ) {}

  /**
   * @param elsewhere what else can be done, a sentence
   * @throws UserError when a live process holds the lock, or the folder can't be written
   */
  static acquire(dir: string, elsewhere = OTHER_RUN): Promise<Lock> {
    return Lock.at(join(dir, LOCK_FILE), dir, elsewhere);
  }

  /**
   * Holds a file's lock, which stands beside it, while `body` reads it and writes it anew.
   * @throws UserError when a live process holds the lock
   */
  static async during<T>(file: string, elsewhere: string, body: () => Promise<T>): Promise<T> {
    const lock = await Lock.at(`${file}.lock`, file, elsewhere);
    // An interruption ends the process before anybody comes by the end of this.
    const release = () => lock.release();
    process.once('exit', release);
    try {
      return await body();
    } finally {
      process.off('exit', release);
      release();
    }
  }

  /** @param locked what it is that the file at `path` locks, for messages */
  private static async at(path: string, locked: string, elsewhere: string): Promise<Lock> {
    // The token keeps two locks of one process apart.
    const content = JSON.stringify({
      ...self(),
      host: hostname(),
      since: new Date().toISOString(),
      token: randomBytes(6).toString('hex'),
    });
    try {
      for (let attempt = 0; attempt < 60; attempt++) {
        if (create(path, content)) return new Lock(path, content);
        await clearDead(path, locked, elsewhere);
      }
    } catch (error) {
      throw explainWrite(error, locked, elsewhere);
    }
    throw inUse(locked, 'other processes that come and go', elsewhere);
  }

  /** Safe to call twice, and from an exit handler. */
  release(): void {
    if (read(this.path) === this.content) rmSync(this.path, { force: true });
  }
}

function create(path: string, content: string): boolean {
  let fd: number;
  try {
    fd = openSync(path, 'wx');
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(fd, content);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
  return true;
}

/** Removes the lock if its owner is gone. */
async function clearDead(path: string, locked: string, elsewhere: string): Promise<void> {
  const found = read(path);
  if (found === undefined) return;
  const content = decode(found);
  if (content === undefined) {
    // Its owner is between creating and filling it, or was killed there.
    if (age(path) < 1000) return sleep(50);
  } else if (content.host !== hostname()) {
    throw inUse(locked, `process ${content.pid} on ${content.host} since ${content.since}`, elsewhere, path);
  } else if (isAlive(content)) {
    throw inUse(locked, `process ${content.pid} since ${content.since}`, elsewhere);
  }
  takeAway(path, found);
}

/** Removes the lock only if it is still the one that was read: another process may just have taken it over. */
function takeAway(path: string, expected: string): void {
  const aside = temporaryFor(path);
  try {
    renameSync(path, aside);
    if (read(aside) !== expected) renameSync(aside, path);
    else rmSync(aside, { force: true });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function decode(text: string): LockContent | undefined {
  try {
    const content = JSON.parse(text) as Partial<LockContent> | null;
    return typeof content?.pid === 'number' ? (content as LockContent) : undefined;
  } catch {
    return undefined;
  }
}

function age(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
}

function inUse(locked: string, by: string, elsewhere: string, path?: string): UserError {
  const remedy = path
    ? `If that process is gone, delete ${path}.`
    : `Wait for it, or ${elsewhere[0].toLowerCase()}${elsewhere.slice(1)}`;
  return new UserError(`${locked} is in use by ${by}. ${remedy}`);
}
