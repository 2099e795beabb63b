import type { Cluster } from './drain/drain.js';
import { Message, type TemplateFinder } from './drain/templateFinder.js';
import type { ScannedBatch } from './scannedBatch.js';

type Visit = (bytes: Uint8Array, start: number, end: number) => void;

/** Masked messages by their numbers, as one scanner gives them. */
export class Messages {
  private known: Message[] = [];

  add({ restarted, added }: Pick<ScannedBatch, 'restarted' | 'added'>): void {
    if (restarted) this.known = [];
    for (const text of added) this.known.push(new Message(text));
  }

  get(number: number, { loose }: Pick<ScannedBatch, 'loose'>): Message {
    return number < 0 ? new Message(loose[-1 - number]) : this.known[number];
  }
}

/** Goes through the lines of a scanned batch and finds the templates of its events. */
export class ParsedEvent {
  bytes: Uint8Array = new Uint8Array(0);
  /** Milliseconds since 1970-01-01 UTC; NaN when the line gives no time. */
  time = Number.NaN;
  /** The cluster that a merged one was merged into, otherwise the one whose template the line has. */
  cluster: Cluster | undefined;
  levelStart = 0;
  levelEnd = 0;
  componentStart = 0;
  componentEnd = 0;
  nodeStart = 0;
  nodeEnd = 0;
  /** -1: the format has no alert labels. */
  alertStart = -1;
  alertEnd = -1;
  contentStart = 0;
  contentEnd = 0;
  /** The cluster whose template the line has, merged or not. */
  private found: Cluster | undefined;
  private next = 0;
  private events = 0;
  private idsAt = 0;
  private tokensAt = 0;
  private spansAt = 0;

  constructor(
    private readonly batch: ScannedBatch,
    private readonly messages: Messages,
  ) {
    messages.add(batch);
  }

  /** Goes on to the next line and gives its kind; if it's an event, `read` has to follow. */
  nextKind(): number {
    return this.batch.records[this.next++];
  }

  /** Reads the event and asks for its template. */
  read(finder: TemplateFinder): void {
    const { records, times, own, bytes } = this.batch;
    let at = this.next;
    this.bytes = records[at++] ? own : bytes;
    this.levelStart = records[at++];
    this.levelEnd = records[at++];
    this.componentStart = records[at++];
    this.componentEnd = records[at++];
    this.nodeStart = records[at++];
    this.nodeEnd = records[at++];
    this.alertStart = records[at++];
    this.alertEnd = records[at++];
    this.contentStart = records[at++];
    this.contentEnd = records[at++];
    const message = this.messages.get(records[at++], this.batch);
    this.idsAt = at;
    at += 1 + 2 * records[at];
    this.tokensAt = at;
    at += 1 + 2 * records[at];
    this.spansAt = at;
    this.next = at + 1 + 3 * records[at];
    this.time = times[this.events++];
    this.found = finder.find(message);
    if (this.found) this.found.size++;
    this.cluster = this.found?.mergedInto ?? this.found;
  }

  /** Calls `visit` for each session id, repetitions included. */
  ids(visit: Visit): void {
    const { records } = this.batch;
    const end = this.idsAt + 2 * records[this.idsAt];
    for (let at = this.idsAt; at < end; at += 2) visit(this.bytes, records[at + 1], records[at + 2]);
  }

  /** Calls `visit` with the bounds of each parameter: the token of each wildcard, and what each mask stands for. */
  parameters(visit: Visit): void {
    const { found, bytes } = this;
    if (!found) return;
    const { records } = this.batch;
    const { wild } = found;
    const tokens = records[this.tokensAt];
    let span = this.spansAt + 1;
    const end = span + 3 * records[this.spansAt];
    for (let token = 0; token < tokens; token++) {
      if (wild[token]) visit(bytes, records[this.tokensAt + 1 + 2 * token], records[this.tokensAt + 2 + 2 * token]);
      for (; span < end && records[span] === token; span += 3) {
        if (!wild[token]) visit(bytes, records[span + 1], records[span + 2]);
      }
    }
  }
}
