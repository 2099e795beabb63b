/** Classes of pauses, the one for "none told" included. */
export const PAUSE_CLASSES = 33;

/**
 * The time since the event before as one of few classes, each twice as long as the one before: 1 + floor(log2(1 + ms)), 1 for events
 * out of order. 0 is left for tokens whose pause isn't told.
 * @param gaps milliseconds, as sessions have them
 */
export function pauseClasses(gaps: Int32Array): Uint8Array {
  return Uint8Array.from(gaps, (ms) => 1 + Math.floor(Math.log2(1 + Math.max(0, ms))));
}
