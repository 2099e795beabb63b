import type { Cluster } from './drain/drain.js';
import { MessageTable } from './drain/messageTable.js';
import type { ParserState } from './drain/parserState.js';
import { Message, TemplateFinder } from './drain/templateFinder.js';
import type { Format } from './formats/formats.js';
import type { NamedValue } from './formats/header.js';
import { LineScanner, type ScannedLine } from './lineScanner.js';

/** Template id of a line that matches no template. */
export const NO_TEMPLATE = -1;

/** What `LineParser.parse` finds in a line. Valid until the next line. */
export interface ParsedLine extends ScannedLine {
  /** The cluster that a merged one was merged into, otherwise the one whose template the line has. */
  cluster: Cluster | undefined;
  /** A flag for each token that the template leaves open; empty where the line matched none. */
  wild: Uint8Array;
}

const NONE_WILD = new Uint8Array();

/**
 * Parses one line at a time: header, masks, session ids, template. While `learning` is set, lines teach Drain; otherwise
 * they are only matched.
 */
export class LineParser {
  readonly line: ParsedLine;
  private readonly scanner: LineScanner;
  private readonly table = new MessageTable();
  /** By their numbers in the table. */
  private messages: Message[] = [];
  private readonly finder: TemplateFinder;

  constructor(format: Format, state: ParserState) {
    this.scanner = new LineScanner(format, state);
    this.finder = new TemplateFinder(state.drain);
    this.line = Object.assign(this.scanner.line, { cluster: undefined, wild: NONE_WILD });
  }

  get learning(): boolean {
    return this.finder.learning;
  }

  set learning(learns: boolean) {
    this.finder.learning = learns;
  }

  /**
   * Parses `bytes[start, end)`, a line in valid UTF-8 without its end. The result is in `line`.
   * @returns false when the line hasn't a layout of the format
   */
  parse(bytes: Uint8Array, start: number, end: number): boolean {
    const { line } = this;
    if (!this.scanner.scan(bytes, start, end)) return false;
    const cluster = this.finder.find(this.message());
    if (cluster) cluster.size++;
    line.cluster = cluster?.mergedInto ?? cluster;
    line.wild = cluster?.wild ?? NONE_WILD;
    return true;
  }

  /** What the template of the line parsed last leaves open: the token of each wildcard, and elsewhere what each mask stands for. */
  *parameters(): Generator<[start: number, end: number]> {
    const { wild, content } = this.line;
    for (let token = 0, span = 0; token < wild.length; token++) {
      if (wild[token]) yield [content.tokenStart[token], content.tokenEnd[token]];
      for (; span < content.spans && content.spanToken[span] === token; span++) {
        if (!wild[token]) yield [content.spanStart[span], content.spanEnd[span]];
      }
    }
  }

  /** Named values of the line parsed last, beside its message and its time. */
  fields(): Iterable<NamedValue> {
    return this.scanner.fields();
  }

  private message(): Message {
    const { table, line } = this;
    if (table.full) {
      table.clear();
      this.messages = [];
    }
    const number = table.intern(line.content);
    if (number < 0) return new Message(line.content.maskedText());
    this.messages[number] ??= new Message(line.content.maskedText());
    return this.messages[number];
  }
}
