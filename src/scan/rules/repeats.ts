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
/** Rows between runs that belong together. */
const GAP = 2;

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
    const chains: Chain[] = [];
    for (const run of runsOf(events, span)) {
      const bits = run.length < SHORTEST ? 0 : bitsOf(events, run, runs);
      if (bits <= 0) continue;
      const last = chains.at(-1);
      if (last && run.row - last.end <= GAP) last.runs.push({ ...run, bits });
      else chains.push({ end: 0, runs: [{ ...run, bits }] });
      chains[chains.length - 1].end = run.row + run.length;
    }
    return chains.map(({ runs: chained }) => sightingOf(events, chained, runs));
  },
};

interface Run {
  row: number;
  length: number;
}

/** Runs right behind each other: several messages that come in step, such as the lines of a dump by many nodes. */
interface Chain {
  end: number;
  runs: (Run & { bits: number })[];
}

function sightingOf(events: Events, chained: Chain['runs'], learnt: Runs): Sighting {
  const severity = ({ row }: Run) => events.severity[row];
  const [lead, ...others] = chained.sort((a, b) => severity(b) - severity(a) || b.bits - a.bits);
  const most = longest(learnt, events.template[lead.row]);
  const more = others.length > 0 ? `, and ${others.length} other lines likewise` : '';
  return {
    kind: 'burst',
    template: events.template[lead.row],
    shape: 'repeated',
    rows: rowsOf(lead),
    bits: Math.max(...chained.map(({ bits }) => bits)),
    found: `the same line ${lead.length} times in a row${more}`,
    expected: most === 0 ? 'never seen' : `at most ${most} in a row`,
    along: others.map((run) => ({ template: events.template[run.row], rows: rowsOf(run) })),
  };
}

function rowsOf({ row, length }: Run): number[] {
  return Array.from({ length }, (_, i) => row + i);
}

/** Bits of a run that is longer than any of its template; 0 for others. */
function bitsOf(events: Events, { row, length }: Run, { all, of }: Runs): number {
  const template = events.template[row];
  const own = of[template] ?? {};
  const most = longest({ all, of }, template);
  if (length <= most) return 0;
  const share = 2 ** -rarityBits(atLeast(all, length), total(all));
  const bits = -Math.log2((atLeast(own, length) + PRIOR * share) / (total(own) + PRIOR));
  return bits + Math.log2(length / Math.max(most, 1));
}

function longest({ of }: Runs, template: number): number {
  return Math.max(0, ...Object.keys(of[template] ?? {}).map(Number));
}

function* runsOf({ template, message }: Events, { from, to }: Span): Generator<Run> {
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
