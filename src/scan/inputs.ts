import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UsageError, UserError } from '../error.js';
import { findLogs, type LogFile } from '../parse/logFiles.js';
import { readSource, STDIN } from '../parse/source.js';

/** Logs that can be read more than once. */
export interface Inputs {
  logs: LogFile[];
  /** Takes away the copies of what could be read only once. */
  close(): Promise<void>;
}

/**
 * Looks up files, folders (their files, in the order of names), patterns such as `logs/*.gz`, and `-` for stdin.
 * @throws UsageError when none is given; UserError when one is missing or a pattern fits nothing
 */
export async function openInputs(names: readonly string[], stdin?: AsyncIterable<Uint8Array>): Promise<Inputs> {
  if (names.length === 0) throw new UsageError('No log file given.');
  const files = (await Promise.all(names.map(expand))).flat();
  const logs = await findLogs({ files });
  const once = logs.filter(({ bytes }) => bytes === undefined);
  if (once.length === 0) return { logs, close: async () => {} };
  const dir = await mkdtemp(join(tmpdir(), 'logbert-stdin-'));
  const close = () => rm(dir, { recursive: true, force: true });
  try {
    return { logs: await Promise.all(logs.map((log, i) => copied(log, join(dir, `${i}.log`), stdin))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function copied(log: LogFile, path: string, stdin?: AsyncIterable<Uint8Array>): Promise<LogFile> {
  if (log.bytes !== undefined) return log;
  await pipeline(readSource(log.path, { stdin }), createWriteStream(path));
  return { name: log.name, path, bytes: (await stat(path)).size };
}

async function expand(name: string): Promise<string[]> {
  if (name === STDIN) return [name];
  const found = await stat(name).catch(() => undefined);
  if (found?.isDirectory()) return inFolder(name);
  if (found || !/[*?]/.test(basename(name))) return [name];
  const pattern = new RegExp(
    `^${basename(name)
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
  );
  const files = (await readdir(dirname(name)).catch(() => [])).filter((file) => pattern.test(file)).sort();
  if (files.length === 0) throw new UserError(`No file fits ${name}.`);
  return files.map((file) => join(dirname(name), file));
}

async function inFolder(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
  if (files.length === 0) throw new UserError(`The folder ${dir} holds no file.`);
  return files.map((file) => join(dir, file));
}
