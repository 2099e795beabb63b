import type { ParserState } from '../parse/drain/parserState.js';
import type { Format } from '../parse/formats/formats.js';
import { isBlank } from '../parse/formats/header.js';
import type { JoinRule } from '../parse/formats/joinRule.js';
import type { LineSink } from '../parse/input/lineSplitter.js';
import { count, type LogFile, readLines } from '../parse/input/logFiles.js';
import { LineParser, NO_TEMPLATE } from '../parse/lineParser.js';
import type { PiiMasker } from '../parse/pii/piiMasker.js';
import type { Progress } from '../progress.js';
import { cutSequences } from './cut.js';
import { type EventNumbers, NumberTable } from './eventNumbers.js';
import { LogGrouping, present } from './eventTable.js';
import { gapsOf } from './gaps.js';
import type { Grouped } from './grouping.js';
import { LineNames } from './lineNames.js';
import { type Sessions, UNKNOWN } from './sessions.js';
import type { SharedField, Windowing } from './windowing.js';

/** The account of the lines that were read: lines = events + rejected + joined + blank. */
export interface LineAccount {
  lines: number;
  events: number;
  /** Lines without the layout of the format, or too long. */
  rejected: number;
  /** Lines that continue the event before them. */
  joined: number;
  blank: number;
  /** Events that lack what the lines of a session share. */
  withoutId: number;
  /** Events that match no template. */
  unmatched: number;
}

export interface LineSessions {
  readonly sessions: Grouped & Pick<Sessions, 'gaps'>;
  /** Tells where a session's lines stand. */
  readonly names: LineNames;
  readonly account: LineAccount;
  /** Of each event, where they were wanted; rows of the sessions are its rows. */
  readonly numbers?: EventNumbers;
}

export interface LineReading {
  readonly format: Format;
  /** What has been learnt; lines are only matched. */
  readonly state: ParserState;
  readonly windowing: Windowing;
  readonly joinRule: JoinRule;
  readonly maxLineBytes: number;
  /** Whether the parameters of events are wanted as numbers. */
  readonly numbers?: boolean;
  /** Masks personal data before anything is made of a line. */
  readonly pii?: PiiMasker;
  /** Stands in for standard input. */
  readonly stdin?: AsyncIterable<Uint8Array>;
}

/**
 * Sessions straight from raw lines, by the same parser and cut in the same way as those of a run; nothing is written.
 * @throws UserError when windows of time are asked for and no line has one
 */
export async function readLineSessions(
  logs: readonly LogFile[],
  reading: LineReading,
  progress: Progress,
): Promise<LineSessions> {
  const collector = new Collector(reading, logs);
  const task = progress.task('Read', logs.length === 1 ? logs[0].bytes : undefined, { unit: 'bytes' });
  const lines = await readLines(logs, { ...reading, task }, (file) => collector.sink(file));
  task.finish(`${count(lines)} lines`);
  return collector.finish(lines);
}

class Collector {
  private readonly parser: LineParser;
  private readonly log: LogGrouping;
  private readonly numbers: NumberTable | undefined;
  private readonly account = { events: 0, rejected: 0, joined: 0, blank: 0, unmatched: 0 };
  /** Whether lines can be joined to the event before them. */
  private inRecord = false;
  private file = '';

  constructor(
    private readonly reading: LineReading,
    private readonly logs: readonly LogFile[],
  ) {
    this.parser = new LineParser(reading.format, reading.state);
    this.parser.learning = false;
    this.log = new LogGrouping(reading.windowing.by);
    this.numbers = reading.numbers ? new NumberTable() : undefined;
  }

  sink(file: number): LineSink {
    const { account, parser } = this;
    this.file = this.logs[file].name;
    this.inRecord = false;
    return {
      line: (bytes, start, end, _offset, number) => {
        if (parser.parse(bytes, start, end)) this.addEvent(number);
        else if (isBlank(bytes, start, end)) account.blank++;
        else if (this.inRecord && this.reading.joinRule.joins(bytes, start, end)) this.join(number);
        else this.reject();
      },
      overlong: () => this.reject(),
    };
  }

  finish(lines: number): LineSessions {
    const log = this.log.finish();
    const sessions = cutSequences(log, this.reading.windowing);
    const { files, fileOf, firstLines } = log.table;
    const names = LineNames.of(sessions, { files, fileOf, lineOf: firstLines });
    return {
      sessions: { ...sessions, gaps: gapsOf(sessions, log.table) },
      names,
      numbers: this.numbers?.finish(),
      account: { ...this.account, lines, withoutId: log.withoutId },
    };
  }

  private addEvent(number: number): void {
    const { cluster, time } = this.parser.line;
    this.account.events++;
    if (!cluster) this.account.unmatched++;
    this.log.add(cluster?.id ?? NO_TEMPLATE, time, UNKNOWN, this.valuesOf);
    this.log.place(this.file, number, number);
    this.numbers?.add(this.parameters());
    this.inRecord = true;
  }

  private parameters(): string[] {
    const { bytes } = this.parser.line;
    return Array.from(this.parser.parameters(), ([start, end]) => text(bytes, start, end));
  }

  private join(number: number): void {
    this.account.joined++;
    this.log.extend(number);
  }

  private reject(): void {
    this.account.rejected++;
    this.inRecord = false;
  }

  private readonly valuesOf = (field: SharedField): readonly string[] => {
    const { line } = this.parser;
    const { bytes, content } = line;
    switch (field) {
      case 'session':
        return Array.from({ length: content.ids }, (_, i) => text(bytes, content.idStart[i], content.idEnd[i]));
      case 'file':
        return present(this.file);
      default:
        return present(text(bytes, line[`${field}Start`], line[`${field}End`]));
    }
  };
}

function text(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}
