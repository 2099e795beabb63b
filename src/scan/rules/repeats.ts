import type { Events, Span } from '../events.js';
import type { Sighting } from '../finding.js';
import { type Rule, rarityBits } from './rule.js';

/** How long one message was repeated: for each template, runs by length. */
interface Runs {
  all: Record<number, number>;
  of: Record<number, Record<number, number>>;
}

/** Weight, in runs, of what holds for all templates when one is judged. */
const PRIOR = 5;
const SHORTEST = 4;

/** The same message again and again, more often in a row than this template ever did. */
export const repeats: Rule<Runs> = {
  learn(events, span, state) {
    const runs = structuredClone(state ?? { all: {}, of: {} });
    for (const { row, length } of runsOf(events, span)) {
      const template = events.template[row];
      runs.of[template] ??= {};
      runs.of[template][length] = (runs.of[template][length] ?? 0) + 1;
      runs.all[length] = (runs.all[length] ?? 0) + 1;
    }
    return runs;
  },

  judge(events, span, runs) {
    const sightings: Sighting[] = [];
    for (const { row, length } of runsOf(events, span)) {
      if (length < SHORTEST) continue;
      const own = runs.of[events.template[row]] ?? {};
      const share = 2 ** -rarityBits(atLeast(runs.all, length), total(runs.all));
      const bits = -Math.log2((atLeast(own, length) + PRIOR * share) / (total(own) + PRIOR));
      const most = Math.max(0, ...Object.keys(own).map(Number));
      if (length <= most) continue;
      sightings.push({
        kind: 'burst',
        template: events.template[row],
        shape: 'repeated',
        rows: Array.from({ length }, (_, i) => row + i),
        bits: bits + Math.log2(length / Math.max(most, 1)),
        found: `the same line ${length} times in a row`,
        expected: most === 0 ? 'never seen' : `at most ${most} in a row`,
      });
    }
    return sightings;
  },
};

function* runsOf({ template, message }: Events, { from, to }: Span): Generator<{ row: number; length: number }> {
  for (let row = from; row < to; ) {
    let end = row + 1;
    while (end < to && template[end] === template[row] && message[end] === message[row]) end++;
    yield { row, length: end - row };
    row = end;
  }
}

function atLeast(runs: Record<number, number>, length: number): number {
  return Object.entries(runs).reduce((sum, [of, times]) => sum + (Number(of) >= length ? times : 0), 0);
}

function total(runs: Record<number, number>): number {
  return atLeast(runs, 0);
}
