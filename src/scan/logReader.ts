import { type Cluster, Drain } from '../parse/drain/drain.js';
import type { ParserState } from '../parse/drain/parserState.js';
import { StringTable } from '../parse/events/stringTable.js';
import type { Format } from '../parse/formats/formats.js';
import { isBlank } from '../parse/formats/header.js';
import type { JoinRule } from '../parse/formats/joinRule.js';
import type { LineSink } from '../parse/input/lineSplitter.js';
import { type LogFile, type ReadOptions, readLines } from '../parse/input/logFiles.js';
import { LineParser } from '../parse/lineParser.js';
import { type ContentScanner, contentScanner } from '../parse/masks/contentScanner.js';
import { type Events, EventTable, FRESH, FRESH_ODD, KNOWN, ODD, ORIGIN_BITS } from './events.js';
import { FieldColumns } from './fieldColumns.js';
import type { LineFilter } from './lineFilter.js';
import { numberIn } from './numberIn.js';
import { combined, severityOfLevel, severityOfText } from './severity.js';
import { templateText } from './templates.js';

/** What reads a log as it was learnt. */
export interface Reading {
  format: Format;
  /** Templates of lines that have the format's layout. */
  parser: ParserState;
  /** Shapes of the lines that haven't. */
  odd: ParserState;
  /** Which lines without a header continue the record before. */
  join: JoinRule;
}

/** The account of a log: linesIn = parsed + rejected + joined + blank + outside. */
export interface LineAccount {
  linesIn: number;
  parsed: number;
  rejected: number;
  joined: number;
  blank: number;
  /** Lines of another time than asked for, or labelled bad. */
  outside: number;
  /** Of those parsed, lines that match no template that was learnt. */
  unknown: number;
}

/** A log as events, with the templates that it showed for the first time. */
export interface LogView {
  events: Events;
  account: LineAccount;
  /** Clusters by origin. */
  clusters: [
    known: readonly Cluster[],
    fresh: readonly Cluster[],
    odd: readonly Cluster[],
    freshOdd: readonly Cluster[],
  ];
}

/**
 * Reads logs line by line into columns. Lines are only matched; those that match nothing are grouped among themselves,
 * so that each new kind of line has one number.
 */
export async function viewLog(
  logs: readonly LogFile[],
  reading: Reading,
  options: ReadOptions,
  filter?: LineFilter,
): Promise<LogView> {
  filter?.restart();
  const sink = new EventSink(reading, filter);
  const linesIn = await readLines(logs, options, (file) => sink.ofFile(file));
  return sink.finish(linesIn);
}

class EventSink {
  private readonly table = new EventTable();
  private readonly fields = new FieldColumns(this.table);
  private readonly parser: LineParser;
  private readonly oddScanner: ContentScanner;
  private readonly fresh: Drain;
  private readonly freshOdd: Drain;
  private readonly levels = new StringTable();
  private readonly levelSeverity: number[] = [];
  private readonly textSeverity = new Map<number, number>();
  private inRecord = false;
  /** Of the last line that gave one. */
  private time = Number.NaN;
  private parsed = 0;
  private joined = 0;
  private blank = 0;
  private outside = 0;
  private rejected = 0;
  private unknown = 0;

  constructor(
    private readonly reading: Reading,
    private readonly filter: LineFilter | undefined,
  ) {
    this.parser = new LineParser(reading.format, reading.parser);
    this.parser.learning = false;
    this.oddScanner = contentScanner(reading.odd.masks, undefined, reading.odd.delimiters);
    this.fresh = emptyLike(reading.parser);
    this.freshOdd = emptyLike(reading.odd);
  }

  ofFile(file: number): LineSink {
    this.inRecord = false;
    return {
      line: (bytes, start, end, _offset, number) => {
        const parsed = this.parser.parse(bytes, start, end);
        if (this.filter?.keeps(number, parsed ? this.parser.line.time : Number.NaN) === false) this.outside++;
        else if (parsed) this.addEvent(file, number);
        else if (isBlank(bytes, start, end)) this.blank++;
        else if (this.inRecord && this.reading.join.joins(bytes, start, end))
          this.joinLine(file, number, bytes, start, end);
        else this.reject(file, number, bytes, start, end);
      },
      overlong: (head, _length, _offset, number) => this.reject(file, number, head, 0, head.length),
    };
  }

  finish(linesIn: number): LogView {
    const { parsed, joined, blank, outside, rejected, unknown, reading } = this;
    return {
      events: this.table.finish(),
      account: { linesIn, parsed, rejected, joined, blank, outside, unknown },
      clusters: [
        reading.parser.drain.clusters,
        this.fresh.clusters,
        reading.odd.drain.clusters,
        this.freshOdd.clusters,
      ],
    };
  }

  private addEvent(file: number, number: number): void {
    this.inRecord = true;
    this.parsed++;
    if (!Number.isNaN(this.parser.line.time)) this.time = this.parser.line.time;
    const { table, parser } = this;
    const { bytes, time, contentStart, contentEnd, content, componentStart, componentEnd } = parser.line;
    const known = parser.line.cluster;
    if (!known) this.unknown++;
    const cluster = known ?? this.fresh.learn(content.maskedTokens());
    const template = cluster.id | ((known ? KNOWN : FRESH) << ORIGIN_BITS);
    table.row(file, number, time, template, hashOf(bytes, contentStart, contentEnd));
    for (let i = 0; i < content.ids; i++) table.inSession(bytes, content.idStart[i], content.idEnd[i]);
    if (known) {
      this.addValues(known, bytes);
      this.fields.add(parser.fields());
    }
    const component = table.components.intern(bytes, componentStart, componentEnd);
    table.header(combined(this.levelOf(bytes), this.severityOf(template, cluster)), component);
  }

  /** Of a record's further lines those that are indented say where; the others, such as the name of an error, say what. */
  private joinLine(file: number, number: number, bytes: Uint8Array, start: number, end: number): void {
    this.joined++;
    if (bytes[start] > 32) this.addOdd(file, number, bytes, start, end, true);
  }

  private reject(file: number, number: number, bytes: Uint8Array, start: number, end: number): void {
    this.rejected++;
    this.inRecord = false;
    this.addOdd(file, number, bytes, start, end);
  }

  private addOdd(file: number, number: number, bytes: Uint8Array, start: number, end: number, joined = false): void {
    this.oddScanner.scan(bytes, start, end);
    const tokens = this.oddScanner.found.maskedTokens();
    const known = this.reading.odd.drain.match(tokens);
    const cluster = known ?? this.freshOdd.learn(tokens);
    const template = cluster.id | ((known ? ODD : FRESH_ODD) << ORIGIN_BITS);
    // It was written when the line before was.
    this.table.row(file, number, this.time, template, hashOf(bytes, start, end), joined);
    this.table.header(this.severityOf(template, cluster), this.table.components.intern(bytes, 0, 0));
  }

  /** What the template leaves open: what masks stand for, and the tokens of wildcards that hold no mask. */
  private addValues({ wild }: Cluster, bytes: Uint8Array): void {
    const { tokens, tokenStart, tokenEnd, spans, spanToken, spanStart, spanEnd } = this.parser.line.content;
    let first = 0;
    for (let token = 0; token < tokens; token++) {
      let end = first;
      while (end < spans && spanToken[end] === token) end++;
      // Behind a wildcard, tokens of as many parts are alike.
      const slot = token * 64 + Math.min(end - first, 7) * 8;
      if (wild[token] && end === first) this.addValue(slot, bytes, tokenStart[token], tokenEnd[token]);
      for (let span = first; span < Math.min(end, first + 7); span++) {
        this.addValue(slot + span - first, bytes, spanStart[span], spanEnd[span]);
      }
      first = end;
    }
  }

  private addValue(slot: number, bytes: Uint8Array, start: number, end: number): void {
    const number = numberIn(bytes, start, end);
    if (Number.isNaN(number)) this.table.word(slot, bytes, start, end);
    else this.table.number(slot, number);
  }

  private levelOf(bytes: Uint8Array): number {
    const { levelStart, levelEnd } = this.parser.line;
    const index = this.levels.intern(bytes, levelStart, levelEnd);
    if (index === this.levelSeverity.length) this.levelSeverity.push(severityOfLevel(this.levels.text(index)));
    return this.levelSeverity[index];
  }

  private severityOf(template: number, cluster: Cluster): number {
    let severity = this.textSeverity.get(template);
    if (severity === undefined) {
      severity = severityOfText(templateText(cluster));
      this.textSeverity.set(template, severity);
    }
    return severity;
  }
}

/** A Drain that knows nothing yet, with the options of another. */
export function emptyLike({ drain }: ParserState): Drain {
  return new Drain(drain.options);
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return hash;
}
