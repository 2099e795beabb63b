import { BytePattern } from './bytePattern.js';
import { regExpOf } from './masks.js';
import { bytePositions } from './textScanner.js';

type Visit = (start: number, end: number) => void;

/**
 * Finds session ids in messages: the matches of a pattern, or what its first group holds. On bytes where the pattern
 * compiles to an automaton, otherwise on text.
 */
export class IdFinder {
  private readonly pattern: BytePattern | undefined;
  private readonly expression: RegExp;

  constructor(pattern: string) {
    const { source, flags } = regExpOf(pattern);
    this.expression = new RegExp(source, `${flags}d`);
    if (!hasGroup(pattern)) this.pattern = BytePattern.compile(pattern);
  }

  /** Calls `visit` for each id in the message `bytes[start, end)`, repetitions included. */
  find(bytes: Uint8Array, start: number, end: number, visit: Visit): void {
    const { pattern } = this;
    if (!pattern) {
      this.findInText(bytes, start, end, visit);
      return;
    }
    for (let at = pattern.search(bytes, start, end); at >= 0; at = pattern.search(bytes, pattern.end, end)) {
      visit(at, pattern.end);
    }
  }

  private findInText(bytes: Uint8Array, start: number, end: number, visit: Visit): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
    let position: ((index: number) => number) | undefined;
    for (const { indices } of text.matchAll(this.expression)) {
      const bounds = indices && (indices[1] ?? indices[0]);
      if (!bounds || bounds[0] === bounds[1]) continue;
      position ??= bytePositions(text, start, end);
      visit(position(bounds[0]), position(bounds[1]));
    }
  }
}

/** Whether the pattern has a group that captures. */
export function hasGroup(pattern: string): boolean {
  return (new RegExp(`${pattern}|`).exec('')?.length ?? 1) > 1;
}
