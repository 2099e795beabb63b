import { z } from 'zod';
import { countVector, countVectors } from '../../data/countVectors.js';
import { orderStatistic } from '../../data/quantile.js';
import type { Detector, Explanation, FittedDetector, OwnThreshold } from '../detector.js';

/** Training sessions as rows of counts: one row a distinct count vector. */
export interface Samples {
  /** Each [columns]: how often each template occurs; the last column counts the events that training never saw, or 0. */
  rows: Float64Array[];
  /** (rows) how many sessions have it. */
  times: Uint32Array;
  /** Of `rows`, repeated ones included. */
  sessions: number;
  columns: number;
}

/** A classical method on rows of counts. */
export interface CountMethod<S> {
  /** Name of its score. */
  readonly score: string;
  readonly state: z.ZodType<S>;
  fit(samples: Samples): { state: S; threshold: OwnThreshold };
  open(state: S): (row: Float64Array) => number;
}

/** What all methods on counts have to be told. */
export interface CountOptions {
  /** Whether events that training never saw are counted; as published they are not. */
  unseen: boolean;
}

const shared = z.object({
  threshold: z.object({ rule: z.string(), value: z.number() }),
  /** Template of each column but the last. */
  templates: z.array(z.number().int()),
  unseen: z.boolean(),
  /** Median count of each column over the training sessions. */
  usual: z.array(z.number()),
  method: z.unknown(),
});

/** A detector from a method on rows of counts. */
export function onCounts<S>(method: CountMethod<S>, { unseen }: CountOptions): Detector {
  return {
    fit({ train, validation }) {
      const { samples, templates } = samplesOf([...train, ...validation]);
      const { state, threshold } = method.fit(samples);
      const usual = Array.from({ length: samples.columns }, (_, c) => median(samples, c));
      return { threshold, templates, unseen, usual, method: state } satisfies z.output<typeof shared>;
    },
    open: (state) => open(method, shared.parse(state)),
  };
}

function samplesOf(sequences: readonly Int32Array[]): { samples: Samples; templates: number[] } {
  const { of, vectors } = countVectors(sequences);
  const templates = [...new Set(vectors.flatMap((vector) => [...vector.keys()]))].filter((id) => id >= 0);
  templates.sort((a, b) => a - b);
  const times = new Uint32Array(vectors.length);
  for (const v of of) times[v]++;
  const columns = columnsOf(templates);
  const rows = vectors.map((vector) => rowOf(vector, columns, true));
  return { samples: { rows, times, sessions: sequences.length, columns: templates.length + 1 }, templates };
}

function columnsOf(templates: readonly number[]): ReadonlyMap<number, number> {
  return new Map(templates.map((template, column) => [template, column]));
}

function rowOf(
  vector: ReadonlyMap<number, number>,
  columns: ReadonlyMap<number, number>,
  unseen: boolean,
): Float64Array {
  const row = new Float64Array(columns.size + 1);
  for (const [template, count] of vector) row[columns.get(template) ?? columns.size] += count;
  if (!unseen) row[columns.size] = 0;
  return row;
}

function median({ rows, times, sessions }: Samples, column: number): number {
  const counts = new Float64Array(sessions);
  let at = 0;
  rows.forEach((row, r) => {
    counts.fill(row[column], at, at + times[r]);
    at += times[r];
  });
  return orderStatistic(counts, 0.5);
}

function open<S>(
  method: CountMethod<S>,
  { threshold, templates, unseen, usual, method: state }: z.output<typeof shared>,
): FittedDetector {
  const columns = columnsOf(templates);
  const scoreOf = method.open(method.state.parse(state));
  return {
    threshold,
    score: (sequence) => ({ [method.score]: scoreOf(rowOf(countVector(sequence), columns, unseen)) }),
    explain(sequence) {
      const row = rowOf(countVector(sequence), columns, unseen);
      return occlusion(
        sequence.map((template) => columns.get(template) ?? columns.size),
        row,
        {
          scoreOf,
          usual,
          templates,
        },
      );
    },
  };
}

/** How much lower the score is with the usual count in place of each column's own; a method needn't know how to explain itself. */
function occlusion(
  columns: Int32Array,
  row: Float64Array,
  { scoreOf, usual, templates }: { scoreOf(row: Float64Array): number; usual: number[]; templates: number[] },
): Explanation {
  const score = scoreOf(row);
  const gain = row.map((count, c) => (count === usual[c] ? 0 : Math.max(0, score - scoreOf(row.with(c, usual[c])))));
  const missing = { score: 0, template: -1 };
  let most = 0;
  gain.forEach((lost, c) => {
    if (row[c] >= usual[c]) return;
    missing.score += lost;
    if (lost > most) [most, missing.template] = [lost, templates[c] ?? -1];
  });
  const events = Float64Array.from(columns, (c) => (row[c] > usual[c] ? gain[c] / row[c] : 0));
  return { events, missing };
}

/** Weight of each column by how few sessions have it, log(N / df); an event that training never saw weighs log N. */
export function inverseFrequencies({ rows, times, sessions, columns }: Samples): Float64Array {
  const having = new Float64Array(columns);
  rows.forEach((row, r) => {
    row.forEach((count, c) => {
      if (count > 0) having[c] += times[r];
    });
  });
  return having.map((df) => Math.log(sessions / Math.max(1, df)));
}
