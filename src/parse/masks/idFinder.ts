import { UsageError } from '../../error.js';
import { BytePattern, patternFault } from './bytePattern.js';

type Visit = (start: number, end: number) => void;

/** Finds session ids in messages: the matches of a pattern, or what its first group holds. */
export class IdFinder {
  readonly pattern: BytePattern;

  /** @throws UsageError when the pattern can't be compiled */
  constructor(pattern: string) {
    const compiled = BytePattern.compile(pattern);
    if (!compiled) {
      throw new UsageError(`The pattern of session ids '${pattern}' can't be used: ${patternFault(pattern)}.`);
    }
    this.pattern = compiled;
  }

  /** Calls `visit` for each id in the message `bytes[start, end)`, repetitions included. */
  find(bytes: Uint8Array, start: number, end: number, visit: Visit): void {
    const { pattern } = this;
    let before: number | undefined;
    for (let at = start; ; ) {
      const found = pattern.search(bytes, at, end, before);
      if (found < 0) return;
      const close = pattern.end;
      if (pattern.hasGroup && pattern.groupOf(bytes, found, end, found > at ? bytes[found - 1] : before)) {
        if (pattern.groupEnd > pattern.groupStart) visit(pattern.groupStart, pattern.groupEnd);
      } else {
        visit(found, close);
      }
      at = close;
      before = bytes[close - 1];
    }
  }
}

/** Whether the pattern has a group that captures. */
export function hasGroup(pattern: string): boolean {
  return BytePattern.compile(pattern)?.hasGroup ?? false;
}
