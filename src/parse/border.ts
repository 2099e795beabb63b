import type { Settings } from '../config/schema.js';
import { UserError } from '../error.js';
import type { Progress } from '../progress.js';
import type { Format } from './formats.js';
import type { LineSink } from './lineSplitter.js';
import { count, type LogFile, type ReadOptions, readLines, totalBytes } from './logFiles.js';
import { SessionFinder } from './sessionFinder.js';
import { StringTable } from './stringTable.js';

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
  options: Omit<ReadOptions, 'task'>,
  progress: Progress,
): Promise<Border | undefined> {
  const task = progress.task('Find the border', totalBytes(logs));
  const starts = new SessionStarts(format);
  await readLines(logs, { ...options, task }, () => starts);
  const border = starts.border(trainFraction);
  task.finish(border && `${count(border.row)} of ${count(starts.rows)} events before it`);
  return border;
}

/** The row where each session begins. Holds some 60 bytes a session, none a line. */
class SessionStarts implements LineSink {
  rows = 0;
  private readonly finder: SessionFinder;
  private readonly ids = new StringTable();
  private firsts = new Float64Array(1 << 10);

  constructor(format: Format) {
    this.finder = new SessionFinder(format);
  }

  line(bytes: Uint8Array, start: number, end: number): void {
    if (this.finder.find(bytes, start, end, this.visit)) this.rows++;
  }

  overlong(): void {}

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

  private readonly visit = (start: number, end: number) => {
    const known = this.ids.size;
    if (this.ids.intern(this.finder.bytes, start, end) < known) return;
    if (known === this.firsts.length) {
      const grown = new Float64Array(known * 2);
      grown.set(this.firsts);
      this.firsts = grown;
    }
    this.firsts[known] = this.rows;
  };
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
