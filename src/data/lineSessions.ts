import type { Settings } from '../config/schema.js';
import type { Format } from '../parse/formats.js';
import { LineParser, NO_TEMPLATE } from '../parse/lineParser.js';
import { count, type LogFile, readLines } from '../parse/logFiles.js';
import type { ParserState } from '../parse/parserState.js';
import type { Progress } from '../progress.js';
import { type Grouped, Grouping } from './grouping.js';
import { IntList } from './intList.js';
import { LineNames } from './lineNames.js';
import { countWindows } from './windows.js';

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
  readonly windowing: Pick<Settings['sequences'], 'window' | 'length' | 'step'>;
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
    const { window } = this.reading.windowing;
    const sessions = window === 'session' ? this.grouping.finish() : this.windows(files);
    const withoutId = window === 'session' ? this.grouping.withoutId : 0;
    const places = { files, fileOf: this.files.toArray(), lineOf: this.numbers.toArray() };
    return { sessions, names: LineNames.of(sessions, places), account: { ...this.account, lines, withoutId } };
  }

  private windows(files: readonly string[]): Grouped {
    const place = (row: number) =>
      files.length > 1 ? `${files[this.files.get(row)]}:${this.numbers.get(row)}` : `${this.numbers.get(row)}`;
    const lines = {
      templates: this.templates.toArray(),
      labels: new Int8Array(this.templates.length).fill(-1),
      name: (first: number, last: number) => `lines ${place(first)}-${place(last)}`,
    };
    return countWindows(lines, { ...this.reading.windowing, border: Number.POSITIVE_INFINITY });
  }
}

function text(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}
