import { UsageError } from '../../error.js';
import type { Format, LineLayout, TimeFields } from './formats.js';
import { Layout } from './layout.js';
import { timePatterns } from './timeGuess.js';
import { timeFieldPatterns } from './timeRule.js';

/** Fields whose name says what they hold. */
const KNOWN_FIELDS: Record<string, string> = { Level: '[^ ]+', Pid: '\\d+' };
const TIME_FIELDS = /^(date|day|month|time|timestamp|datetime)$/i;

/** Whether the name of a format is a layout that the user has written. */
export function isLayout(name: string): boolean {
  return name.includes('<');
}

/**
 * A format of the user's own: one layout. How its times are written is found from `lines`.
 * @throws UsageError when it isn't a layout
 */
export function customFormat(text: string, lines: readonly Uint8Array[]): Format {
  // Written for logparser, literal brackets have a backslash.
  const layout = text.replace(/\\(\W)/g, '$1');
  const format: Format = { title: layout, layouts: [{ layout }], fields: KNOWN_FIELDS, example: exampleOf(layout) };
  try {
    const time = timeOf(format, lines);
    // A line without a time there, such as one of a stack trace, hasn't the layout.
    return time ? { ...format, time, fields: { ...KNOWN_FIELDS, ...timeFieldPatterns(time) } } : format;
  } catch (error) {
    throw new UsageError(
      `${(error as Error).message}. Expected fields in angle brackets, <Content> last, such as '<Date> <Time> <Level> <Component>: <Content>'.`,
    );
  }
}

/** The pattern that reads most times, of the fields that are named like one. */
function timeOf(format: Format, lines: readonly Uint8Array[]): TimeFields | undefined {
  const [entry] = format.layouts;
  const fields = new Layout(entry, format).names.filter((name) => TIME_FIELDS.test(name));
  if (fields.length === 0 || fields.length > 3) return undefined;
  const candidates = timePatterns(fields.length).map((pattern) => ({ fields, pattern }));
  const counts = candidates.map((time) => timesRead(new Layout({ ...entry, time }, format), lines));
  const most = Math.max(...counts);
  return most > 0 ? candidates[counts.indexOf(most)] : undefined;
}

function timesRead(layout: Layout, lines: readonly Uint8Array[]): number {
  return lines.filter((line) => layout.scan(line, 0, line.length) && !Number.isNaN(layout.time(line))).length;
}

function exampleOf(layout: LineLayout['layout']): string {
  return layout.replace(/<(\w+)>/g, (_, name: string) => name.toLowerCase());
}
