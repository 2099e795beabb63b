import { UsageError } from '../error.js';

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
  private readonly expression: RegExp | undefined;

  /**
   * @param pattern a regular expression, or `none`
   * @throws UsageError when it's neither
   */
  constructor(pattern: string = CONTINUATION) {
    try {
      this.expression = pattern === JOIN_NOTHING ? undefined : new RegExp(pattern);
    } catch (error) {
      throw new UsageError(
        `parse.join: expected a regular expression or none, found '${pattern}': ${(error as Error).message}.`,
      );
    }
  }

  /** Whether the line `bytes[start, end)`, which has no header, continues a record. */
  joins(bytes: Uint8Array, start: number, end: number): boolean {
    const { expression } = this;
    if (!expression) return false;
    return expression.test(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8'));
  }
}
