import type { Settings } from '../config/schema.js';
import { UserError } from '../error.js';
import type { Progress } from '../progress.js';
import { StringTable } from './events/stringTable.js';
import type { Format } from './formats/formats.js';
import { count, type LogFile, type ReadOptions, totalBytes } from './input/logFiles.js';
import type { SessionBatch } from './sessionScanner.js';
import { BatchPass } from './threads/batchPass.js';

/** Where the test side begins. */
export interface Border {
  /** Row of its first event in events.parquet. */
  row: number;
  /** Sessions that begin before it; undefined when no line names a session. */
  sessionsBefore: number | undefined;
}

/**
 * Fixes the border of the strict protocol before anything is learnt: of all sessions, in the order of their first
 * lines, the given fraction begins before it. Without session ids the fraction is one of lines.
 *
 * @returns undefined when no line has the format's layout
 * @throws UserError when a side would be empty
 */
export async function findBorder(
  logs: readonly LogFile[],
  format: Format,
  trainFraction: Settings['split']['trainFraction'],
  { workers, ...options }: Omit<ReadOptions, 'task'> & { workers: number },
  progress: Progress,
): Promise<Border | undefined> {
  const task = progress.task('Find the border', totalBytes(logs), { unit: 'bytes' });
  const starts = new SessionStarts();
  const pass = new BatchPass<SessionBatch, never>({ task: 'sessions', settings: format }, workers, ({ result }) => {
    starts.add(result);
    return { lines: result };
  });
  await pass.read(logs, { ...options, task });
  const border = starts.border(trainFraction);
  task.finish(border && `${count(border.row)} of ${count(starts.rows)} events before it`);
  return border;
}

/** The row where each session begins. Holds some 60 bytes a session, none a line. */
class SessionStarts {
  rows = 0;
  private readonly ids = new StringTable();
  private firsts = new Float64Array(1 << 10);

  add({ rows, ids, firsts }: SessionBatch): void {
    const { buffer, byteOffset } = ids;
    const view = new DataView(buffer, byteOffset);
    for (let i = 0, at = 0; i < firsts.length; i++) {
      const start = at + 4;
      at = start + view.getInt32(at, true);
      this.addId(ids, start, at, this.rows + firsts[i]);
    }
    this.rows += rows;
  }

  border(fraction: number): Border | undefined {
    if (this.rows === 0) return undefined;
    const sessions = this.ids.size;
    const unit = sessions > 0 ? 'session' : 'line';
    const before = splitAt(sessions || this.rows, fraction, unit);
    if (sessions === 0) return { row: before, sessionsBefore: undefined };
    const row = this.firsts[before];
    // Sessions that begin in one line are on one side.
    const sessionsBefore = this.firsts.subarray(0, before).findLastIndex((first) => first < row) + 1;
    if (sessionsBefore === 0) throw tooFew(sessions, unit);
    return { row, sessionsBefore };
  }

  private addId(bytes: Uint8Array, start: number, end: number, row: number): void {
    const known = this.ids.size;
    if (this.ids.intern(bytes, start, end) < known) return;
    if (known === this.firsts.length) {
      const grown = new Float64Array(known * 2);
      grown.set(this.firsts);
      this.firsts = grown;
    }
    this.firsts[known] = row;
  }
}

function splitAt(all: number, fraction: number, unit: string): number {
  const before = Math.floor(all * fraction);
  if (before === 0) throw tooFew(all, unit);
  return before;
}

function tooFew(all: number, unit: string): UserError {
  return new UserError(
    `The strict protocol needs a ${unit} on each side of its border, but of ${all} in all none would be before it. Choose another --train-fraction or --protocol paper.`,
  );
}
