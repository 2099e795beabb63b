import { UsageError } from '../../error.js';
import { COMMON_FORMATS } from './commonFormats.js';
import { LOGHUB_FORMATS } from './loghubFormats.js';

/** Fields that make the time, joined by a space, and how to read them (timeRule.ts); UTC unless a zone is written. */
export interface TimeFields {
  fields: string[];
  pattern: string;
}

/** One way in which the lines of a format are laid out. */
export interface LineLayout {
  /**
   * Fields in angle brackets with literal text between; `<Content>` is last and takes the rest of the line. A blank
   * stands for one or more. `<Level>`, `<Component>`, `<Node>` (what the line comes from) and `<Label>` (alert tag,
   * `-` for none) go to the columns of these names.
   */
  layout: string;
  /** Undefined: the format's. */
  time?: TimeFields;
}

/** Lines of named fields. A part of the header is the first of its fields that a line has. */
export interface Structure {
  syntax: 'json' | 'logfmt';
  /** Fields that every line has. */
  required: string[];
  /** A line without any of these is its own message. */
  message: string[];
  time: string[];
  level: string[];
  component: string[];
  node: string[];
}

/** How the lines of a log are laid out; everything that is peculiar to a format is here, as data. */
export interface Format {
  /** What it is, for people. */
  title: string;
  /** Tried in this order; the first that fits a line is its layout. */
  layouts: LineLayout[];
  /** In place of layouts. */
  structure?: Structure;
  /** Of messages that are JSON objects themselves. */
  inner?: Structure;
  /** What can be compared from line to line within messages: a regular expression of JavaScript with named groups. */
  messageFields?: string;
  /**
   * Regular expression of fields (the subset of regexSyntax.ts); it has to match the whole field. A field without one
   * may hold anything but the literal after it.
   */
  fields: Record<string, string>;
  time?: TimeFields;
  /** The year of the first line where the time has none; it rolls over at New Year. */
  year?: number;
  /** Regular expression of a session id; each distinct match in Content, or what its group holds, is a session. */
  sessionId?: string;
  /** A field that is a session id. */
  sessionField?: string;
  /**
   * Tells formats apart that have a layout in common: a pattern found in the header from `<Component>` on, and the
   * least share of the lines that must have it.
   */
  tells?: { pattern: string; share: number };
  /** A line of this format, shown in messages. */
  example: string;
}

/** The name of the last resort. */
export const PLAIN = 'plain';

/** Of the formats that fit a line equally well, the first is taken: special ones come before general ones. */
export const FORMATS: Record<string, Format> = {
  ...LOGHUB_FORMATS,
  ...COMMON_FORMATS,
  [PLAIN]: {
    title: 'no header: the whole line is the message',
    layouts: [{ layout: '<Content>' }],
    fields: {},
    example: 'started in 3 s',
  },
};

/** @throws UsageError when there is no such format */
export function formatNamed(name: string): Format {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (!format) {
    throw new UsageError(`There is no line format '${name}'. Known: auto, ${Object.keys(FORMATS).join(', ')}.`);
  }
  return format;
}
