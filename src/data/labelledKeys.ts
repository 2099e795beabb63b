import type { Settings } from '../config/schema.js';
import { UsageError, UserError } from '../error.js';
import type { Progress } from '../progress.js';
import { Random } from '../random.js';
import { readBytes } from './bytes.js';
import { IntList } from './intList.js';
import { type Sessions, UNKNOWN } from './sessions.js';
import { splitPaper, splitStrict } from './split.js';
import { windowingOf } from './windowing.js';
import { countWindows } from './windows.js';

const LINE = /^([01?])[ \t]+(\d{1,10})[ \t\r]*$/;
const MAX_KEY = 0x7fffffff;

/**
 * Reads files of one event a line, `label key` with the label 1 (anomaly), 0 (normal) or ? (not known), in order of
 * time, plain or compressed, and cuts them into count windows. Under the strict protocol the border lies behind the
 * training fraction of the lines. A window is abnormal if one of its lines is, else normal if one is normal, else
 * unlabelled: `?` lines are events like any others. Blank lines count nothing.
 *
 * @throws UsageError when the windows aren't count windows; UserError that names file and line of what isn't an event
 */
export async function readLabelledKeys(
  files: readonly string[],
  { sequences, split, seed }: Settings,
  progress: Progress,
): Promise<Sessions> {
  const windowing = windowingOf(sequences);
  if (windowing.window !== 'count' || windowing.by.length > 0) {
    throw new UsageError('Labelled keys have no times, nodes or session ids: only count windows can be cut.', {
      next: 'logbert sessions --labelled-keys FILE --window count --length 20',
    });
  }
  const lines = await readLines(files, progress);
  const border = split.protocol === 'strict' ? borderOf(lines.keys.length, split.trainFraction) : Infinity;
  const whole = { offsets: Uint32Array.of(0, lines.keys.length), rows: Uint32Array.from(lines.keys, (_, row) => row) };
  const { offsets, rows, open } = countWindows(whole, { ...windowing, border });
  const starts = offsets.subarray(0, offsets.length - 1);
  const labels = Int8Array.from(starts, (start, i) => worst(lines.labels, rows.subarray(start, offsets[i + 1])));
  const { trainFraction, validationFraction } = split;
  return {
    ids: Array.from(starts, (start, i) => `lines ${rows[start] + 1}-${rows[offsets[i + 1] - 1] + 1}`),
    labels,
    splits:
      split.protocol === 'strict'
        ? splitStrict(
            labels,
            starts.map((start) => rows[start]),
            border,
            validationFraction,
          )
        : splitPaper(labels, trainFraction, validationFraction, new Random(seed, 'split')),
    offsets,
    events: Int32Array.from(rows, (row) => lines.keys[row]),
    rows: undefined,
    open,
  };
}

interface KeyLines {
  /** (lines) */
  keys: Int32Array;
  /** (lines) 1, 0, or -1 for `?` */
  labels: Int8Array;
}

async function readLines(files: readonly string[], progress: Progress): Promise<KeyLines> {
  const task = progress.task('Reading labelled keys', undefined, { unit: 'events' });
  const [keys, labels] = [new IntList(), new IntList()];
  for (const path of files) {
    let line = 0;
    let rest = '';
    const add = (text: string) => {
      line++;
      if (text.trim() === '') return;
      const [, label, key] = LINE.exec(text) ?? [];
      if (key === undefined || Number(key) > MAX_KEY) throw refused(path, line, text);
      labels.push(label === '?' ? UNKNOWN : Number(label));
      keys.push(Number(key));
    };
    await readBytes(path, 'file of labelled keys', (piece) => {
      const parts = (rest + piece.toString('latin1')).split('\n');
      rest = parts.pop() as string;
      for (const part of parts) add(part);
      task.update(keys.length);
    });
    if (rest !== '') add(rest);
  }
  if (keys.length === 0) throw new UserError(`${files.join(', ')} holds no events; expected "label key" a line.`);
  task.finish(`${keys.length} events`);
  return { keys: keys.toArray(), labels: Int8Array.from(labels.toArray()) };
}

function refused(path: string, line: number, text: string): UserError {
  const found = text.length > 40 ? `${text.slice(0, 40)}...` : text;
  return new UserError(
    `${path}:${line}: expected "label key", such as "0 17", with the label 0, 1 or ?; found "${found}".`,
  );
}

function borderOf(lines: number, trainFraction: number): number {
  const border = Math.floor(lines * trainFraction);
  if (border > 0) return border;
  throw new UserError(`Of ${lines} events none would be before the border. Choose another --train-fraction.`);
}

function worst(labels: Int8Array, rows: Uint32Array): number {
  return rows.reduce((label, row) => Math.max(label, labels[row]), UNKNOWN);
}
