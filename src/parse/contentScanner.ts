import { ByteScanner } from './byteScanner.js';
import type { Mask } from './masks.js';
import type { ScannedContent } from './scannedContent.js';
import type { Shape } from './shape.js';
import { TextScanner } from './textScanner.js';

/**
 * Splits a message into tokens at ASCII white space, puts masks in place and finds session ids, in one pass.
 */
export interface ContentScanner {
  /** What the latest `scan` found. */
  readonly found: ScannedContent;
  /** Scans the message `bytes[start, end)`, which is valid UTF-8. */
  scan(bytes: Uint8Array, start: number, end: number): void;
  /** The shape of the message scanned last, where there is a faster way to read others like it (see shape.ts). */
  shape?(bytes: Uint8Array, start: number, end: number, wanted: Uint8Array): Shape | undefined;
}

/**
 * The scanner for these masks: on bytes where every pattern compiles to an automaton and keeps within a token,
 * otherwise on text with RegExp, some ten times slower.
 */
export function contentScanner(masks: readonly Mask[], sessionId: string | undefined): ContentScanner {
  return ByteScanner.create(masks, sessionId) ?? new TextScanner(masks, sessionId);
}
