import type { Grouped } from './grouping.js';
import { UNKNOWN } from './sessions.js';

/** The lines of a log, in order. */
export interface Lines {
  /** (lines) template ids */
  templates: Int32Array;
  /** (lines) 1 anomaly, 0 normal, -1 unknown */
  labels: Int8Array;
  /** Name of the lines from one row to another, both included, such as `lines 1-20`. */
  name(firstRow: number, lastRow: number): string;
}

export interface CountWindows {
  /** Lines of a window. */
  length: number;
  /** Lines from the start of a window to the start of the next; at most `length`, so that no line falls between. */
  step: number;
  /** First row of the test side, which no window straddles; Infinity if there is none. */
  border: number;
}

/**
 * Windows of a fixed count of lines. The last window of each side may be shorter, so that every line is in one.
 * A window is abnormal if one of its lines is, normal if the labels of its lines say no more, unknown if there are none.
 */
export function countWindows(lines: Lines, windows: CountWindows): Grouped & { labels: Int8Array } {
  const spans = spansOf(lines.templates.length, windows);
  const offsets = new Uint32Array(spans.length + 1);
  spans.forEach(([start, end], i) => {
    offsets[i + 1] = offsets[i] + end - start;
  });
  const rows = new Uint32Array(offsets[spans.length]);
  spans.forEach(([start], i) => {
    for (let at = offsets[i]; at < offsets[i + 1]; at++) rows[at] = start + at - offsets[i];
  });
  return {
    ids: spans.map(([start, end]) => lines.name(start, end - 1)),
    labels: Int8Array.from(spans, ([start, end]) => highest(lines.labels, start, end)),
    offsets,
    rows,
    events: Int32Array.from(rows, (row) => lines.templates[row]),
  };
}

type Span = [start: number, end: number];

function spansOf(total: number, { length, step, border }: CountWindows): Span[] {
  const cut = Math.min(border, total);
  const sides: Span[] = [
    [0, cut],
    [cut, total],
  ];
  return sides.flatMap(([from, to]) => {
    const spans: Span[] = [];
    for (let start = from; start < to; start += step) {
      spans.push([start, Math.min(start + length, to)]);
      if (start + length >= to) break;
    }
    return spans;
  });
}

function highest(labels: Int8Array, start: number, end: number): number {
  let label = UNKNOWN;
  for (let row = start; row < end; row++) label = Math.max(label, labels[row]);
  return label;
}
