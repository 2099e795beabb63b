import { ByteScanner } from './byteScanner.js';
import type { Mask } from './masks.js';
import type { ScannedContent } from './scannedContent.js';
import { TextScanner } from './textScanner.js';

/**
 * Splits a message into tokens at ASCII white space, puts masks in place and finds session ids, in one pass.
 */
export interface ContentScanner {
  /** What the latest `scan` found. */
  readonly found: ScannedContent;
  /** Scans the message `bytes[start, end)`, which is valid UTF-8. */
  scan(bytes: Uint8Array, start: number, end: number): void;
}

/**
 * The scanner for these masks: token by token on bytes where every pattern keeps within a token, and no delimiter is
 * longer than a byte; otherwise on whole messages as text, some times slower.
 *
 * @param delimiters texts that part tokens as white space does, once masks are in place
 */
export function contentScanner(
  masks: readonly Mask[],
  sessionId: string | undefined,
  delimiters: readonly string[] = [],
): ContentScanner {
  return ByteScanner.create(masks, sessionId, delimiters) ?? new TextScanner(masks, sessionId, delimiters);
}
