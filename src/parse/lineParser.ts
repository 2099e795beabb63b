import { ClusterCache } from './clusterCache.js';
import { type ContentScanner, contentScanner } from './contentScanner.js';
import type { Cluster } from './drain.js';
import type { Format } from './formats.js';
import { emptyHeader, type Header, type HeaderReader, headerReader } from './header.js';
import { hasGroup, IdFinder } from './idFinder.js';
import type { ParserState } from './parserState.js';
import type { ScannedContent } from './scannedContent.js';

/** Template id of a line that matches no template. */
export const NO_TEMPLATE = -1;

/** What `LineParser.parse` finds in a line. Valid until the next line. */
export interface ParsedLine extends Header {
  /** Milliseconds since 1970-01-01 UTC; NaN when the line gives no time. */
  time: number;
  /** The cluster that a merged one was merged into, otherwise the one whose template the line has. */
  cluster: Cluster | undefined;
  content: ScannedContent;
}

/**
 * Parses one line at a time: header, masks, session ids, template. A file, a worker and a socket all feed this.
 * While `learning` is set, lines teach Drain; otherwise they are only matched.
 */
export class LineParser {
  readonly line: ParsedLine;
  private readonly reader: HeaderReader;
  private readonly scanner: ContentScanner;
  /** Finds session ids where the scanner can't do it on its way. */
  private readonly ids: IdFinder | undefined;
  private readonly cache = new ClusterCache();
  private learns = true;
  /** The cluster whose template the line has, merged or not. */
  private found: Cluster | undefined;

  constructor(
    format: Format,
    private readonly state: ParserState,
  ) {
    const { sessionId } = format;
    const apart = sessionId !== undefined && hasGroup(sessionId);
    this.reader = headerReader(format);
    this.scanner = contentScanner(state.masks, apart ? undefined : sessionId, state.delimiters);
    this.ids = apart ? new IdFinder(sessionId) : undefined;
    this.line = { ...emptyHeader(), time: Number.NaN, cluster: undefined, content: this.scanner.found };
  }

  get learning(): boolean {
    return this.learns;
  }

  set learning(learns: boolean) {
    // Learning and matching answer differently for the same message.
    if (learns === this.learns) return;
    this.learns = learns;
    this.cache.clear();
  }

  /**
   * Parses `bytes[start, end)`, a line in valid UTF-8 without its end. The result is in `line`.
   * @returns false when the line hasn't a layout of the format
   */
  parse(bytes: Uint8Array, start: number, end: number): boolean {
    const { reader, line } = this;
    if (!reader.read(bytes, start, end, line)) return false;
    line.time = reader.time();
    this.scanner.scan(line.bytes, line.contentStart, line.contentEnd);
    if (line.sessionEnd > line.sessionStart) this.addId(line.sessionStart, line.sessionEnd);
    this.ids?.find(line.bytes, line.contentStart, line.contentEnd, this.addId);
    const cluster = this.clusterOf(line.content);
    if (cluster) cluster.size++;
    this.found = cluster;
    line.cluster = cluster?.mergedInto ?? cluster;
    return true;
  }

  /** Calls `visit` with the bounds of each parameter: the token of each wildcard, and what each mask stands for. */
  parameters(visit: (bytes: Uint8Array, start: number, end: number) => void): void {
    const { bytes, content } = this.line;
    if (!this.found) return;
    const { wild } = this.found;
    const { tokens, tokenStart, tokenEnd, spans, spanToken, spanStart, spanEnd } = content;
    let span = 0;
    for (let token = 0; token < tokens; token++) {
      if (wild[token]) visit(bytes, tokenStart[token], tokenEnd[token]);
      for (; span < spans && spanToken[span] === token; span++) {
        if (!wild[token]) visit(bytes, spanStart[span], spanEnd[span]);
      }
    }
  }

  private readonly addId = (start: number, end: number) => this.line.content.addId(start, end);

  private clusterOf(content: ScannedContent): Cluster | undefined {
    const { drain } = this.state;
    const version = drain.version(content.tokens);
    if (this.cache.find(content, version)) {
      const { cluster } = this.cache;
      if (cluster && this.learns) drain.use(cluster);
      return cluster;
    }
    const tokens = content.maskedTokens();
    const cluster = this.learns ? drain.learn(tokens) : drain.match(tokens);
    // A message that has just changed a template is looked up once more, by Drain itself, before it is remembered.
    if (drain.version(content.tokens) === version) this.cache.put(content, version, cluster);
    return cluster;
  }
}
