import { UsageError } from '../../error.js';
import { BytePattern, patternFault } from '../masks/bytePattern.js';

/** The value of `parse.join` that joins nothing. */
export const JOIN_NOTHING = 'none';

/**
 * How lines begin that continue a record: white space, the parts of stack traces of Java, Python, JavaScript and .NET,
 * and closing brackets of values that were printed over several lines.
 */
export const CONTINUATION =
  '^(?:\\s|at |\\.\\.\\. \\d+ more|Caused by:|Suppressed:|Traceback |During handling of |The above exception |[\\w.$]+(?:Error|Exception)\\b|[\\]})])';

/** Tells which lines without a header continue the record before. */
export class JoinRule {
  private readonly pattern: BytePattern | undefined;

  /**
   * @param pattern a regular expression, or `none`
   * @throws UsageError when it's neither
   */
  constructor(pattern: string = CONTINUATION) {
    if (pattern === JOIN_NOTHING) return;
    this.pattern = BytePattern.compile(pattern);
    if (this.pattern) return;
    throw new UsageError(
      `parse.join: expected a regular expression or none, found '${pattern}': ${patternFault(pattern)}.`,
    );
  }

  /** Whether the line `bytes[start, end)`, which has no header, continues a record. */
  joins(bytes: Uint8Array, start: number, end: number): boolean {
    return this.pattern !== undefined && this.pattern.search(bytes, start, end) >= 0;
  }
}
