import { ClusterCache } from './clusterCache.js';
import { type ContentScanner, contentScanner } from './contentScanner.js';
import type { Cluster } from './drain.js';
import type { Format } from './formats.js';
import { Layout } from './layout.js';
import type { ParserState } from './parserState.js';
import type { ScannedContent } from './scannedContent.js';

/** Template id of a line that matches no template. */
export const NO_TEMPLATE = -1;

/** What `LineParser.parse` finds in a line. Valid until the next line. */
export interface ParsedLine {
  /** Where the line is; positions below count in it. */
  bytes: Uint8Array;
  /** Milliseconds since 1970-01-01 UTC; NaN when the line gives no time. */
  time: number;
  levelStart: number;
  levelEnd: number;
  componentStart: number;
  componentEnd: number;
  contentStart: number;
  contentEnd: number;
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
  private readonly layout: Layout;
  private readonly scanner: ContentScanner;
  private readonly cache = new ClusterCache();
  private readonly level: number;
  private readonly component: number;
  private learns = true;
  /** The cluster whose template the line has, merged or not. */
  private found: Cluster | undefined;

  constructor(
    format: Format,
    private readonly state: ParserState,
  ) {
    this.layout = new Layout(format);
    this.level = this.layout.indexOf('Level');
    this.component = this.layout.indexOf('Component');
    this.scanner = contentScanner(state.masks, format.sessionId, state.delimiters);
    this.line = emptyLine(this.scanner.found);
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
   * @returns false when the line hasn't the layout of the format
   */
  parse(bytes: Uint8Array, start: number, end: number): boolean {
    const { layout, line, level, component } = this;
    if (!layout.scan(bytes, start, end)) return false;
    line.bytes = bytes;
    line.time = layout.time(bytes);
    line.levelStart = level < 0 ? start : layout.starts[level];
    line.levelEnd = level < 0 ? start : layout.ends[level];
    line.componentStart = component < 0 ? start : layout.starts[component];
    line.componentEnd = component < 0 ? start : layout.ends[component];
    line.contentStart = layout.contentStart;
    line.contentEnd = end;
    this.scanner.scan(bytes, layout.contentStart, end);
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

function emptyLine(content: ScannedContent): ParsedLine {
  return {
    bytes: new Uint8Array(0),
    time: Number.NaN,
    levelStart: 0,
    levelEnd: 0,
    componentStart: 0,
    componentEnd: 0,
    contentStart: 0,
    contentEnd: 0,
    cluster: undefined,
    content,
  };
}
