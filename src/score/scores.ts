import { createReadStream } from 'node:fs';
import Papa from 'papaparse';
import { UserError } from '../error.js';

/** The scores of a run's n sessions, in the order of its sessions. */
export interface Scores {
  /** n; NaN where the file has no score for the session. The higher, the stranger. */
  values: Float64Array;
  /** n: 1 anomaly, 0 normal, -1 unknown; undefined if the file has no column `label`. */
  labels: Int8Array | undefined;
  /** n: index into event_scores.parquet, -1 without one; undefined if the file has no column `sequence`. */
  sequences: Int32Array | undefined;
  /** Rows for sessions that the run doesn't have. */
  strangers: number;
}

/**
 * Reads a CSV with the columns `id` and `score` (in any place; `label` and `sequence` if there; others are ignored) as
 * a stream and joins it with the sessions of a run.
 * @param ids the run's session ids
 * @throws UserError that names file and line when a column or an id is missing, an id comes twice or a score isn't a
 *   finite number
 */
export async function readScores(path: string, ids: string[]): Promise<Scores> {
  const reader = new ScoreReader(path, ids);
  await readRows(path, (row, line) => reader.add(row, line));
  return reader.finish();
}

class ScoreReader {
  private columns: { id: number; score: number; label: number; sequence: number } | undefined;
  private readonly index: Map<string, number>;
  private readonly scores: Scores;

  constructor(
    private readonly path: string,
    ids: string[],
  ) {
    this.index = new Map(ids.map((id, i) => [id, i]));
    this.scores = {
      values: new Float64Array(ids.length).fill(NaN),
      labels: undefined,
      sequences: undefined,
      strangers: 0,
    };
  }

  add(row: string[], line: number): void {
    if (row.length === 1 && row[0].trim() === '') return;
    if (!this.columns) this.columns = this.header(row);
    else this.session(row, line, this.columns);
  }

  finish(): Scores {
    if (!this.columns) throw new UserError(`${this.path} is empty; expected a CSV with the columns id,score.`);
    return this.scores;
  }

  private header(row: string[]): { id: number; score: number; label: number; sequence: number } {
    const names = row.map((name) => name.replace(/^\ufeff/, '').trim());
    const [id, score, label, sequence] = ['id', 'score', 'label', 'sequence'].map((name) => names.indexOf(name));
    if (id < 0 || score < 0) {
      const found = names.slice(0, 20).map(quote).join(', ');
      throw new UserError(`${this.path}:1: expected a CSV with the columns id and score, found ${found}.`);
    }
    if (label >= 0) this.scores.labels = new Int8Array(this.scores.values.length).fill(-1);
    if (sequence >= 0) this.scores.sequences = new Int32Array(this.scores.values.length).fill(-1);
    return { id, score, label, sequence };
  }

  private session(row: string[], line: number, columns: NonNullable<ScoreReader['columns']>): void {
    const id = row[columns.id];
    if (!id) throw this.fault(line, 'the id is empty');
    const value = this.number(row[columns.score], line, 'score');
    const i = this.index.get(id);
    if (i === undefined) {
      this.scores.strangers++;
      return;
    }
    if (!Number.isNaN(this.scores.values[i])) throw this.fault(line, `session ${quote(id)} comes a second time`);
    this.scores.values[i] = value;
    if (this.scores.labels) this.scores.labels[i] = this.label(row[columns.label], line);
    if (this.scores.sequences) this.scores.sequences[i] = this.number(row[columns.sequence], line, 'sequence');
  }

  private number(text: string | undefined, line: number, column: string): number {
    const value = text?.trim() ? Number(text) : NaN;
    if (!Number.isFinite(value)) {
      throw this.fault(line, `the ${column} is ${quote(text ?? '')}, expected a finite number`);
    }
    return value;
  }

  private label(text: string | undefined, line: number): number {
    const value = LABELS.get((text ?? '').trim().toLowerCase());
    if (value === undefined) throw this.fault(line, `the label is ${quote(text ?? '')}, expected 1, 0 or nothing`);
    return value;
  }

  private fault(line: number, what: string): UserError {
    return new UserError(`${this.path}:${line}: ${what}.`);
  }
}

const LABELS = new Map([
  ['1', 1],
  ['anomaly', 1],
  ['0', 0],
  ['normal', 0],
  ['', -1],
]);

/** Calls `visit` with each row and the number of the line where it starts. */
function readRows(path: string, visit: (row: string[], line: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let line = 1;
    let failure: unknown;
    const fail = (error: unknown) => reject(explain(error, path));
    const visitAll = (rows: string[][]) => {
      for (const row of rows) {
        visit(row, line);
        line += 1 + lineBreaks(row);
      }
    };
    const file = createReadStream(path, 'utf8').on('error', fail);
    Papa.parse<string[]>(file, {
      delimiter: ',',
      chunk: ({ data, errors }, parser) => {
        try {
          visitAll(data);
          if (errors.length > 0) throw new UserError(`${path}: ${errors[0].message}, in or before line ${line}.`);
        } catch (error) {
          // Thrown on, it would leave the stream's callback uncaught.
          failure ??= error;
          parser.abort();
          file.destroy();
        }
      },
      complete: () => (failure === undefined ? resolve() : reject(failure)),
      error: fail,
    });
  });
}

function lineBreaks(row: string[]): number {
  let count = 0;
  for (const field of row) if (field.includes('\n')) count += field.split('\n').length - 1;
  return count;
}

function explain(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return new UserError(`No file ${path}; expected a CSV with the columns id,score.`);
  if (code === 'EISDIR') return new UserError(`${path} is a folder; expected a CSV with the columns id,score.`);
  return error;
}

/** A piece of a file in a message: quoted, escaped, short. */
function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
