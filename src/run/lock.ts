import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../error.js';
import { errorCode, explainWrite, temporaryFor } from './atomic.js';
import { isAlive, type Owner, self } from './process.js';

export const LOCK_FILE = 'run.lock';

interface LockContent extends Owner {
  host: string;
  since: string;
}

/** Says that one process writes in a folder. The lock of a process that has ended is taken over. */
export class Lock {
  private constructor(
    private readonly path: string,
    private readonly content: string,
  ) {}

  /**
   * @param elsewhere what else can be done, for messages
   * @throws UserError when a live process holds the lock, or the folder can't be written
   */
  static async acquire(dir: string, elsewhere = 'choose another folder with --run'): Promise<Lock> {
    const path = join(dir, LOCK_FILE);
    // The token keeps two locks of one process apart.
    const content = JSON.stringify({
      ...self(),
      host: hostname(),
      since: new Date().toISOString(),
      token: randomBytes(6).toString('hex'),
    });
    for (let attempt = 0; attempt < 60; attempt++) {
      if (create(path, content)) return new Lock(path, content);
      await clearDead(path, dir, elsewhere);
    }
    throw inUse(dir, 'other processes that come and go', elsewhere);
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
    throw explainWrite(error, path);
  }
  try {
    writeSync(fd, content);
  } catch (error) {
    rmSync(path, { force: true });
    throw explainWrite(error, path);
  } finally {
    closeSync(fd);
  }
  return true;
}

/** Removes the lock if its owner is gone. */
async function clearDead(path: string, dir: string, elsewhere: string): Promise<void> {
  const found = read(path);
  if (found === undefined) return;
  const content = decode(found);
  if (content === undefined) {
    // Its owner is between creating and filling it, or was killed there.
    if (age(path) < 1000) return sleep(50);
  } else if (content.host !== hostname()) {
    throw inUse(dir, `process ${content.pid} on ${content.host} since ${content.since}`, elsewhere, path);
  } else if (isAlive(content)) {
    throw inUse(dir, `process ${content.pid} since ${content.since}`, elsewhere);
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
    if (errorCode(error) !== 'ENOENT') throw explainWrite(error, path);
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw explainWrite(error, path);
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

function inUse(dir: string, by: string, elsewhere: string, path?: string): UserError {
  const remedy = path ? `If that process is gone, delete ${path}.` : `Wait for it, or ${elsewhere}.`;
  return new UserError(`${dir} is in use by ${by}. ${remedy}`);
}
