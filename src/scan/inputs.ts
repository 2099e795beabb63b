import { createWriteStream, rmSync } from 'node:fs';
import { mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { findLogs, type LogFile } from '../parse/input/logFiles.js';
import { readSource } from '../parse/input/source.js';
import { PiiMasker } from '../parse/pii/piiMasker.js';
import { explainWrite } from '../run/atomic.js';

/** Logs that can be read more than once. */
export interface Inputs {
  logs: LogFile[];
  /** Takes away the copies of what could be read only once. */
  close(): Promise<void>;
}

export interface InputOptions {
  /** Whether personal data is masked in a copy, so that it never reaches the disk. */
  pii: boolean;
  /** The command line to advise where no file is named. */
  next?: string;
  /** Stands in for standard input. */
  stdin?: AsyncIterable<Uint8Array>;
}

/**
 * Looks up files, folders, patterns and `-` for stdin, as all commands do; what can be read only once is copied to a file
 * that no other user can read and that goes with the process.
 * @throws UsageError when none is given; UserError when one is missing or a pattern fits nothing
 */
export async function openInputs(files: readonly string[], options: InputOptions): Promise<Inputs> {
  const logs = await findLogs({ files }, options.next);
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
    return { logs: await Promise.all(logs.map((log, i) => copied(log, join(dir, `${i}.log`), options))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function copied(log: LogFile, path: string, { pii, stdin }: InputOptions): Promise<LogFile> {
  if (log.bytes !== undefined) return log;
  const source = readSource(log.path, { stdin });
  const copy = createWriteStream(path, { mode: 0o600 });
  await pipeline(pii ? new PiiMasker().maskAll(source) : source, copy).catch((error) => {
    throw explainWrite(error, path);
  });
  return { name: log.name, path, bytes: (await stat(path)).size };
}
