import { createWriteStream, rmSync } from 'node:fs';
import { mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { findLogs, type LogFile } from '../parse/input/logFiles.js';
import { readSource } from '../parse/input/source.js';

/** Logs that can be read more than once. */
export interface Inputs {
  logs: LogFile[];
  /** Takes away the copies of what could be read only once. */
  close(): Promise<void>;
}

/**
 * Looks up files, folders, patterns and `-` for stdin, as all commands do; what can be read only once is copied.
 * @param stdin stands in for standard input
 * @throws UsageError when none is given; UserError when one is missing or a pattern fits nothing
 */
export async function openInputs(files: readonly string[], stdin?: AsyncIterable<Uint8Array>): Promise<Inputs> {
  const logs = await findLogs({ files });
  if (logs.every(({ bytes }) => bytes !== undefined)) return { logs, close: async () => {} };
  const dir = await mkdtemp(join(tmpdir(), 'logbert-stdin-'));
  // An interruption ends the process before anybody closes this.
  const remove = () => rmSync(dir, { recursive: true, force: true });
  process.once('exit', remove);
  const close = async () => {
    process.off('exit', remove);
    remove();
  };
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
