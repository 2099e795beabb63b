import { UserError } from '../error.js';
import type { Format } from '../parse/formats.js';
import { LineParser, NO_TEMPLATE } from '../parse/lineParser.js';
import { count, type LogFile, readLines } from '../parse/logFiles.js';
import type { ParserState } from '../parse/parserState.js';
import type { Progress } from '../progress.js';
import { type Grouped, Grouping } from './grouping.js';
import { IntList } from './intList.js';
import { LineNames } from './lineNames.js';
import type { Windowing } from './windowing.js';
import { countWindows, type WindowSize } from './windows.js';

/** The account of the lines that were read: lines = events + rejected + blank. */
export interface LineAccount {
  lines: number;
  events: number;
  /** Lines without the layout of the format, or too long. */
  rejected: number;
  blank: number;
  /** Events that name no session, where sessions go by id. */
  withoutId: number;
  /** Events that match no template. */
  unmatched: number;
}

export interface LineSessions {
  readonly sessions: Grouped;
  /** Tells where a session's lines stand. */
  readonly names: LineNames;
  readonly account: LineAccount;
}

export interface LineReading {
  readonly format: Format;
  /** What has been learnt; lines are only matched. */
  readonly state: ParserState;
  readonly windowing: Windowing;
  readonly maxLineBytes: number;
  /** Stands in for standard input. */
  readonly stdin?: AsyncIterable<Uint8Array>;
}

/** Sessions straight from raw lines, by the same parser and the same grouping as those of a run; nothing is written. */
export async function readLineSessions(
  logs: readonly LogFile[],
  reading: LineReading,
  progress: Progress,
): Promise<LineSessions> {
  const collector = new Collector(reading);
  const task = progress.task('Read', logs.length === 1 ? logs[0].bytes : undefined);
  const lines = await readLines(logs, { ...reading, task }, (file) => collector.sink(file));
  task.finish(`${count(lines)} lines`);
  return collector.finish(
    lines,
    logs.map(({ name }) => name),
  );
}

class Collector {
  private readonly parser: LineParser;
  private readonly grouping = new Grouping();
  private readonly templates = new IntList();
  private readonly files = new IntList();
  private readonly numbers = new IntList();
  private readonly account = { lines: 0, events: 0, rejected: 0, blank: 0, withoutId: 0, unmatched: 0 };

  constructor(private readonly reading: LineReading) {
    this.parser = new LineParser(reading.format, reading.state);
    this.parser.learning = false;
  }

  sink(file: number) {
    const { account, parser } = this;
    return {
      line: (bytes: Buffer, start: number, end: number, _offset: number, number: number) => {
        if (parser.parse(bytes, start, end)) this.addEvent(file, number);
        else if (bytes.toString('latin1', start, end).trim() === '') account.blank++;
        else account.rejected++;
      },
      overlong: () => {
        account.rejected++;
      },
    };
  }

  private addEvent(file: number, number: number): void {
    const { cluster, bytes, content } = this.parser.line;
    const template = cluster?.id ?? NO_TEMPLATE;
    const ids = Array.from({ length: content.ids }, (_, i) => text(bytes, content.idStart[i], content.idEnd[i]));
    this.grouping.add(this.account.events++, template, ids);
    this.templates.push(template);
    this.files.push(file);
    this.numbers.push(number);
    if (!cluster) this.account.unmatched++;
  }

  finish(lines: number, files: readonly string[]): LineSessions {
    const { windowing } = this.reading;
    const { window, by } = windowing;
    if (window === 'time' || by.some((field) => field !== 'session')) {
      throw new UserError('Raw lines are cut into sessions by id or into windows of lines, not of time or of a field.');
    }
    const sessions = windowing.window === 'session' ? this.grouping.finish() : this.windows(files, windowing);
    const withoutId = window === 'session' ? this.grouping.withoutId : 0;
    const places = { files, fileOf: this.files.toArray(), lineOf: this.numbers.toArray() };
    return { sessions, names: LineNames.of(sessions, places), account: { ...this.account, lines, withoutId } };
  }

  private windows(files: readonly string[], size: Omit<WindowSize, 'border'>): Grouped {
    const place = (row: number) =>
      files.length > 1 ? `${files[this.files.get(row)]}:${this.numbers.get(row)}` : `${this.numbers.get(row)}`;
    const templates = this.templates.toArray();
    const all = { offsets: Uint32Array.of(0, templates.length), rows: Uint32Array.from(templates.keys()) };
    const { offsets, rows } = countWindows(all, { ...size, border: Number.POSITIVE_INFINITY });
    return {
      ids: Array.from(offsets.subarray(1), (end, i) => `lines ${place(rows[offsets[i]])}-${place(rows[end - 1])}`),
      offsets,
      rows,
      events: Int32Array.from(rows, (row) => templates[row]),
    };
  }
}

function text(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}
