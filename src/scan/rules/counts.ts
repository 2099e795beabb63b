import type { Events, Span } from '../events.js';
import type { Sighting } from '../finding.js';
import { ERROR } from '../severity.js';
import { type Rule, rarityBits, timesText } from './rule.js';

/** How often each template came in a window of lines. */
interface WindowCounts {
  /** Lines of a window. */
  length: number;
  windows: number;
  /** Windows by count, for each template; those without it aren't counted. */
  of: Record<number, Record<number, number>>;
}

/** Windows that training should give, and bounds of their length. */
const WINDOWS = 500;
const SHORTEST = 20;
const LONGEST = 2000;
/** Bits of a window that is told of; an error is told of wherever most windows have none. */
const LEAST = 3;
const LEAST_OF_ERRORS = 1;

/** A template that comes more often in a window of lines than it did in training, above all one that hardly ever came. */
export const counts: Rule<WindowCounts> = {
  learn(events, span, state) {
    const length = state?.length ?? Math.min(LONGEST, Math.max(SHORTEST, Math.round((span.to - span.from) / WINDOWS)));
    const learnt = structuredClone(state ?? { length, windows: 0, of: {} });
    for (const { rowsOf } of windows(events, span, length)) {
      learnt.windows++;
      for (const [template, { length: count }] of rowsOf) {
        learnt.of[template] ??= {};
        learnt.of[template][count] = (learnt.of[template][count] ?? 0) + 1;
      }
    }
    return learnt;
  },

  judge(events, span, { length, windows: all, of }, { onlyUnseen }) {
    const sightings: Sighting[] = [];
    for (const { rowsOf } of windows(events, span, length)) {
      for (const [template, rows] of rowsOf) {
        const known = of[template];
        if (!known) continue;
        const count = rows.length;
        const most = Math.max(...Object.keys(known).map(Number));
        // Windows that are cut elsewhere may hold what two of training held.
        if (onlyUnseen && count <= 2 * most) continue;
        const error = events.severity[rows[0]] >= ERROR;
        // What training had is no news, but for an error that seldom comes so often.
        const within = count <= most;
        if (within && !error) continue;
        const bits = rarityBits(atLeast(known, count), all) + Math.max(0, Math.log2(count / most));
        if (bits < (error ? LEAST_OF_ERRORS : LEAST)) continue;
        sightings.push({
          kind: 'count',
          template,
          shape: 'more',
          rows,
          bits,
          found: `${timesText(count)} in ${length} lines`,
          expected: within
            ? `an error that comes so often in ${percent(atLeast(known, count) / all)} of such stretches`
            : `at most ${timesText(most)}, and in ${percent(atLeast(known, 1) / all)} of such stretches at all`,
        });
      }
    }
    return sightings;
  },
};

interface Window {
  rowsOf: Map<number, number[]>;
}

function* windows({ template }: Events, { from, to }: Span, length: number): Generator<Window> {
  for (let start = from; start < to; start += length) {
    const rowsOf = new Map<number, number[]>();
    for (let row = start; row < Math.min(start + length, to); row++) {
      const rows = rowsOf.get(template[row]);
      if (rows) rows.push(row);
      else rowsOf.set(template[row], [row]);
    }
    yield { rowsOf };
  }
}

function atLeast(counts: Record<number, number>, count: number): number {
  let sum = 0;
  for (const of in counts) if (Number(of) >= count) sum += counts[of];
  return sum;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
