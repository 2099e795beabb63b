import type { Format } from './formats.js';
import { Layout } from './layout.js';
import { NestedReader } from './nestedReader.js';
import { StructuredReader } from './structuredReader.js';

const DASH = 45;

/** Where the parts of a line are, as positions in `bytes`. A part that the line hasn't is empty. */
export interface Header {
  bytes: Uint8Array;
  levelStart: number;
  levelEnd: number;
  componentStart: number;
  componentEnd: number;
  nodeStart: number;
  nodeEnd: number;
  /** -1: the format has no alert labels. Empty: the line is labelled normal. */
  alertStart: number;
  alertEnd: number;
  /** A session id of the header. */
  sessionStart: number;
  sessionEnd: number;
  contentStart: number;
  contentEnd: number;
}

/** Takes the header of a line apart. */
export interface HeaderReader {
  /** Whether the time of a line depends on the lines before it. */
  readonly ordered: boolean;
  /** Fills `header` from the line `bytes[start, end)`; false when it hasn't a layout of the format or is blank. */
  read(bytes: Uint8Array, start: number, end: number, header: Header): boolean;
  /** Time of the line read last, in milliseconds since 1970-01-01 UTC; NaN when it gives none. */
  time(): number;
  /** What the line read last says by name beside its message and its time, and in its message where the format knows. */
  fields(): Iterable<NamedValue>;
}

/** Objects are taken apart: the name of an inner field is behind a dot. */
export type NamedValue = readonly [name: string, value: unknown];

export function emptyHeader(): Header {
  return {
    bytes: new Uint8Array(0),
    levelStart: 0,
    levelEnd: 0,
    componentStart: 0,
    componentEnd: 0,
    nodeStart: 0,
    nodeEnd: 0,
    alertStart: -1,
    alertEnd: -1,
    sessionStart: 0,
    sessionEnd: 0,
    contentStart: 0,
    contentEnd: 0,
  };
}

/** The reader for a format. */
export function headerReader(format: Format): HeaderReader {
  const { structure, inner, sessionField } = format;
  const outer = structure ? new StructuredReader(structure, sessionField) : new LayoutReader(format);
  return inner ? new NestedReader(outer, new StructuredReader(inner, sessionField)) : outer;
}

/** A layout, and which of its fields are those of a header (-1: none is). */
interface Candidate {
  layout: Layout;
  level: number;
  component: number;
  node: number;
  label: number;
  session: number;
}

/** Reads lines by the first layout that fits. */
export class LayoutReader implements HeaderReader {
  readonly ordered: boolean;
  readonly candidates: readonly Candidate[];
  private found: Layout;
  private bytes: Uint8Array = new Uint8Array(0);
  private end = 0;
  private readonly messageFields: RegExp | undefined;

  constructor(format: Format) {
    this.messageFields = format.messageFields === undefined ? undefined : new RegExp(format.messageFields);
    this.candidates = format.layouts.map((entry) => {
      const layout = new Layout(entry, format);
      return {
        layout,
        level: layout.indexOf('Level'),
        component: layout.indexOf('Component'),
        node: layout.indexOf('Node'),
        label: layout.indexOf('Label'),
        session: layout.indexOf(format.sessionField ?? ''),
      };
    });
    this.found = this.candidates[0].layout;
    this.ordered = this.candidates.some(({ layout }) => layout.ordered);
  }

  read(bytes: Uint8Array, start: number, end: number, header: Header): boolean {
    const { candidates } = this;
    for (let i = 0; i < candidates.length; i++) {
      if (!candidates[i].layout.scan(bytes, start, end)) continue;
      // Only a layout of content alone takes blank lines.
      if (candidates[i].layout.contentStart === start && isBlank(bytes, start, end)) return false;
      this.found = candidates[i].layout;
      this.bytes = bytes;
      this.end = end;
      fill(header, candidates[i], bytes, end);
      return true;
    }
    return false;
  }

  time(): number {
    return this.found.time(this.bytes);
  }

  fields(): Iterable<NamedValue> {
    if (!this.messageFields) return [];
    const { buffer, byteOffset } = this.bytes;
    const { contentStart } = this.found;
    const message = Buffer.from(buffer, byteOffset + contentStart, this.end - contentStart).toString('latin1');
    return Object.entries(this.messageFields.exec(message)?.groups ?? {});
  }
}

/** Whether `bytes[start, end)` is white space alone. */
export function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== 32 && (bytes[i] < 9 || bytes[i] > 13)) return false;
  return true;
}

function fill(header: Header, candidate: Candidate, bytes: Uint8Array, end: number): void {
  const { layout, level, component, node, label, session } = candidate;
  const { starts, ends } = layout;
  header.bytes = bytes;
  header.levelStart = level < 0 ? 0 : starts[level];
  header.levelEnd = level < 0 ? 0 : ends[level];
  header.componentStart = component < 0 ? 0 : starts[component];
  header.componentEnd = component < 0 ? 0 : ends[component];
  header.nodeStart = node < 0 ? 0 : starts[node];
  header.nodeEnd = node < 0 ? 0 : ends[node];
  header.alertStart = label < 0 ? -1 : starts[label];
  header.alertEnd = label < 0 ? -1 : ends[label];
  if (label >= 0 && ends[label] - starts[label] === 1 && bytes[starts[label]] === DASH) header.alertEnd--;
  header.sessionStart = session < 0 ? 0 : starts[session];
  header.sessionEnd = session < 0 ? 0 : ends[session];
  header.contentStart = layout.contentStart;
  header.contentEnd = end;
}
