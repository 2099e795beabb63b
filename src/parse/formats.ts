import { UsageError } from '../error.js';

/** How the lines of a log are laid out; everything that is peculiar to a format is here, as data. */
export interface Format {
  /** Fields in angle brackets with literal text between; `<Content>` is last and takes the rest of the line. */
  layout: string;
  /** Regular expression of each field but Content (the subset of regexSyntax.ts); it has to match the whole field. */
  fields: Record<string, string>;
  /** Fields that make the time, joined by a space, and how to read them: `yyyy` or `yy`, `MM dd HH mm ss SSS`. UTC. */
  time: { fields: string[]; pattern: string };
  /** Regular expression of a session id; each distinct match in Content is a session that the line belongs to. */
  sessionId?: string;
  /** A line of this format, shown in messages. */
  example: string;
}

export const FORMATS: Record<string, Format> = {
  // Hadoop's log4j pattern `%d{yyMMdd HHmmss} %t %p %c: %m` as in Loghub's HDFS_v1.
  hdfs: {
    layout: '<Date> <Time> <Pid> <Level> <Component>: <Content>',
    fields: { Date: '\\d{6}', Time: '\\d{6}', Pid: '\\d+', Level: '[A-Z]+', Component: '[^ ]+' },
    time: { fields: ['Date', 'Time'], pattern: 'yyMMdd HHmmss' },
    sessionId: 'blk_-?\\d+',
    example:
      '081109 203518 143 INFO dfs.DataNode$DataXceiver: Receiving block blk_-1608999687919862906 src: /10.250.19.102:54106',
  },
};

/** @throws UsageError when there is no such format */
export function formatNamed(name: string): Format {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (!format) {
    throw new UsageError(`There is no line format '${name}'. Known: ${Object.keys(FORMATS).join(', ')}.`);
  }
  return format;
}
