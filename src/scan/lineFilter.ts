import Papa from 'papaparse';
import { readText } from '../data/bytes.js';
import { UsageError, UserError } from '../error.js';

/** A stretch of a log, by time or by line number, both ends included. */
interface Stretch {
  by: 'time' | 'line';
  from: number;
  to: number;
}

export interface FilterOptions {
  /** ISO 8601, UTC unless a zone is written. */
  since?: string;
  until?: string;
  /** CSV with the columns from,to,label: times or line numbers, `bad` or `good`. */
  labels?: string;
}

const COLUMNS = ['from', 'to', 'label'];

/** Which lines count. A line without a time is where the one before it is. */
export class LineFilter {
  private last = Number.NaN;

  private constructor(
    private readonly since: number,
    private readonly until: number,
    private readonly bad: readonly Stretch[],
    private readonly good: readonly Stretch[],
  ) {}

  /**
   * The filter that the options ask for; undefined where every line counts.
   * @throws UsageError when a time can't be read; UserError when the labels can't
   */
  static async of({ since, until, labels }: FilterOptions): Promise<LineFilter | undefined> {
    if (since === undefined && until === undefined && labels === undefined) return undefined;
    const stretches = labels === undefined ? [] : await readLabels(labels);
    const of = (label: string) => stretches.filter((stretch) => stretch.label === label);
    const from = since === undefined ? Number.NEGATIVE_INFINITY : timeOf('--since', since);
    const to = until === undefined ? Number.POSITIVE_INFINITY : timeOf('--until', until);
    return new LineFilter(from, to, of('bad'), of('good'));
  }

  /** Begins another pass over the log. */
  restart(): void {
    this.last = Number.NaN;
  }

  keeps(line: number, time: number): boolean {
    if (!Number.isNaN(time)) this.last = time;
    if (this.last < this.since || this.last >= this.until) return false;
    return !this.within(this.bad, line) || this.within(this.good, line);
  }

  private within(stretches: readonly Stretch[], line: number): boolean {
    return stretches.some(({ by, from, to }) => {
      const at = by === 'line' ? line : this.last;
      return at >= from && at <= to;
    });
  }
}

function timeOf(flag: string, text: string): number {
  const zoned = /[zZ]|[+-]\d\d:?\d\d$/.test(text)
    ? text
    : `${text.includes(':') ? text.replace(' ', 'T') : `${text}T00:00`}Z`;
  const time = Date.parse(zoned);
  if (Number.isNaN(time)) throw new UsageError(`${flag}: expected a time such as 2026-11-21T15:00, found "${text}"`);
  return time;
}

async function readLabels(path: string): Promise<(Stretch & { label: string })[]> {
  const text = await readText(path, 'labels file');
  const { data, meta } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true });
  const missing = COLUMNS.filter((name) => !meta.fields?.includes(name));
  if (missing.length > 0 || data.length === 0) {
    const found = missing.length === 0 ? 'no row' : `the header "${meta.fields?.join(',') ?? ''}"`;
    throw new UserError(`${path}: expected a CSV with the columns ${COLUMNS.join(',')}, found ${found}.`);
  }
  return data.map((row, i) => {
    const { from, to, label } = row;
    if (!from || !to || (label !== 'bad' && label !== 'good')) {
      throw new UserError(
        `${path}, row ${i + 1}: expected from,to,label with the label bad or good, found ${JSON.stringify(row)}.`,
      );
    }
    const lines = /^\d+$/.test(from) && /^\d+$/.test(to);
    const at = (value: string) => (lines ? Number(value) : timeOf(`${path}, row ${i + 1}`, value));
    return { by: lines ? 'line' : 'time', from: at(from), to: at(to), label };
  });
}
