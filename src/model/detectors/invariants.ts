import { z } from 'zod';
import type { CountMethod, Samples } from './features.js';
import type { invariantsSettings } from './settings.js';

/** The sum of coefficients x counts is 0; the column -1 stands for the constant 1. */
const invariant = z.array(z.object({ column: z.number().int(), coefficient: z.number().int() }));
const stateSchema = z.object({ invariants: z.array(invariant) });

type Invariant = z.output<typeof invariant>;
type State = z.output<typeof stateSchema>;

const CONSTANT = -1;
const COEFFICIENTS = [1, 2, 3];

/**
 * Invariants mining (Lou et al., USENIX ATC 2010), its simple form: linear equations between the counts of at most three
 * events that hold in a share of the training sessions, with coefficients 1 to 3 for two events and 1 for three, and
 * counts that are always the same. The score is how many of them a session breaks.
 */
export function invariants({ support }: Omit<z.output<typeof invariantsSettings>, 'unseen'>): CountMethod<State> {
  return {
    score: 'broken',
    state: stateSchema,
    fit(samples) {
      const holds = (candidate: Invariant) => shareOf(samples, candidate) >= support;
      const constant = constants(samples).filter(holds);
      const fixed = new Set(constant.flatMap((terms) => terms.map(({ column }) => column)));
      const free = Array.from({ length: samples.columns }, (_, c) => c).filter((c) => !fixed.has(c));
      const pairs = pairsOf(free).filter(holds);
      const triples = triplesOf(free, pairs).filter(holds);
      const value = 0;
      return {
        state: { invariants: [...constant, ...pairs, ...triples] },
        threshold: { rule: 'any is broken', value },
      };
    },
    open:
      ({ invariants: known }) =>
      (row) =>
        known.reduce((broken, one) => broken + (balance(one, row) === 0 ? 0 : 1), 0),
  };
}

function balance(terms: Invariant, row: Float64Array): number {
  let sum = 0;
  for (const { column, coefficient } of terms) sum += coefficient * (column === CONSTANT ? 1 : row[column]);
  return sum;
}

function shareOf({ rows, times, sessions }: Samples, candidate: Invariant): number {
  return rows.reduce((sum, row, r) => sum + (balance(candidate, row) === 0 ? times[r] : 0), 0) / sessions;
}

/** Each column with its most frequent count. */
function constants({ rows, times, columns }: Samples): Invariant[] {
  return Array.from({ length: columns }, (_, column) => {
    const sessions = new Map<number, number>();
    rows.forEach((row, r) => {
      sessions.set(row[column], (sessions.get(row[column]) ?? 0) + times[r]);
    });
    const [usual] = [...sessions].sort(([, a], [, b]) => b - a)[0];
    return [
      { column, coefficient: 1 },
      { column: CONSTANT, coefficient: usual === 0 ? 0 : -usual },
    ];
  });
}

function pairsOf(columns: number[]): Invariant[] {
  const ratios = COEFFICIENTS.flatMap((a) => COEFFICIENTS.map((b) => [a, b])).filter(([a, b]) =>
    a === b ? a === 1 : a % b !== 0 || b === 1,
  );
  return columns.flatMap((x, i) =>
    columns.slice(i + 1).flatMap((y) =>
      ratios.map(([a, b]) => [
        { column: x, coefficient: a },
        { column: y, coefficient: -b },
      ]),
    ),
  );
}

/** x = y + z, for events that no pair explains: what a pair says already is not said again. */
function triplesOf(columns: number[], pairs: Invariant[]): Invariant[] {
  const explained = new Set(pairs.map(([, { column }]) => column));
  const free = columns.filter((c) => !explained.has(c));
  return free.flatMap((x) =>
    free.flatMap((y, j) =>
      free.slice(j + 1).flatMap((z) =>
        x === y || x === z
          ? []
          : [
              [
                { column: x, coefficient: 1 },
                { column: y, coefficient: -1 },
                { column: z, coefficient: -1 },
              ],
            ],
      ),
    ),
  );
}
