import { BytePattern } from './bytePattern.js';
import type { Format } from './formats.js';
import { Layout } from './layout.js';
import { TextScanner } from './textScanner.js';

type Visit = (start: number, end: number) => void;

/** Reads no more of a line than whether it has the format's layout, and its session ids. */
export class SessionFinder {
  private readonly layout: Layout;
  private readonly pattern: BytePattern | undefined;
  private readonly scanner: TextScanner | undefined;

  constructor({ sessionId, ...format }: Format) {
    this.layout = new Layout(format);
    if (sessionId === undefined) return;
    this.pattern = BytePattern.compile(sessionId);
    if (!this.pattern) this.scanner = new TextScanner([], sessionId);
  }

  /**
   * Calls `visit` for each session id in `bytes[start, end)`, repetitions included.
   * @returns false when the line hasn't the layout
   */
  find(bytes: Uint8Array, start: number, end: number, visit: Visit): boolean {
    if (!this.layout.scan(bytes, start, end)) return false;
    const { contentStart } = this.layout;
    if (this.pattern) visitMatches(this.pattern, bytes, contentStart, end, visit);
    else if (this.scanner) visitIds(this.scanner, bytes, contentStart, end, visit);
    return true;
  }
}

function visitMatches(pattern: BytePattern, bytes: Uint8Array, start: number, end: number, visit: Visit): void {
  for (
    let at = pattern.search(bytes, start, end);
    at >= 0;
    at = pattern.search(bytes, pattern.end, end, bytes[pattern.end - 1])
  ) {
    visit(at, pattern.end);
  }
}

function visitIds(scanner: TextScanner, bytes: Uint8Array, start: number, end: number, visit: Visit): void {
  scanner.scan(bytes, start, end);
  const { ids, idStart, idEnd } = scanner.found;
  for (let i = 0; i < ids; i++) visit(idStart[i], idEnd[i]);
}
