import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { deviation, mean } from '../data/spread.js';
import { UserError } from '../error.js';
import { RunFolder } from '../run/folder.js';
import { canonical } from '../run/hash.js';
import type { Interval } from './bootstrap.js';
import type { Comparison, DetectorResult, Result } from './result.js';
import type { Count } from './tableOptions.js';

const FIGURES = ['precision', 'recall', 'f1', 'mcc', 'auroc', 'auprc', 'oracleF1'] as const;
export type Figure = (typeof FIGURES)[number];

/** A detector's figures over its runs; fractions. */
export interface ComparedRow {
  name: string;
  /** Run folders; more than one where they differ in nothing but the seed. */
  runs: string[];
  protocol: Result['protocol'];
  rule: string;
  /** Mean over the runs; null where the labels can't tell. */
  figures: Record<Figure, number | null>;
  /** Standard deviation of F1 over the runs (n - 1); there from two runs on. */
  spread?: number;
  /** 95 % bootstrap interval of F1, of a single run. */
  interval?: Interval;
  alerts: number;
}

/** Rows whose figures were counted on the same sessions. */
export interface ComparedData {
  /** Numbers of test sessions and anomalies. */
  test: number;
  anomalies: number;
  rows: ComparedRow[];
}

/**
 * Puts the results of runs into one table for each set of test sessions: the models in the order given, runs that differ in
 * the seed alone as one row, then the trivial baselines.
 * @throws UserError when a run has no result, or not the count that is asked for
 */
export async function compareRuns(dirs: readonly string[], count: Count): Promise<ComparedData[]> {
  // Patterns of the shell may name a run twice; it is one all the same.
  const once = [...new Map(dirs.map((dir) => [resolve(dir), dir])).values()];
  const results = await Promise.all(once.map(async (dir) => ({ dir, result: await resultOf(dir) })));
  const sets = groupBy(results, ({ result: { data, protocol } }) => canonical({ ...data, unseen: null, protocol }));
  return Array.from(sets.values(), (members) => ({
    test: members[0].result.data.test,
    anomalies: members[0].result.data.anomalies,
    rows: [...modelRows(members, count), ...baselineRows(members[0], count)],
  }));
}

interface Member {
  dir: string;
  result: Result;
}

async function resultOf(dir: string): Promise<Result> {
  const run = await RunFolder.open(dir, { readOnly: true });
  return JSON.parse(await readFile(await run.require('result'), 'utf8'));
}

function partOf({ dir, result }: Member, count: Count): Comparison {
  const part = count === 'result' ? result : count === 'all' ? (result.all ?? result) : result.distinct;
  if (part) return part;
  throw new UserError(`${dir} was evaluated without counting distinct sequences.`, {
    next: `logbert evaluate --run ${dir}`,
  });
}

function modelRows(members: Member[], count: Count): ComparedRow[] {
  const alike = groupBy(members, ({ result }) => {
    const { name: _name, run: _run, seed: _seed, ...settings } = result.settings as Record<string, unknown>;
    return canonical(settings);
  });
  return Array.from(alike.values(), (group) => {
    const found = group.map((member) => partOf(member, count).result);
    return rowOf(found, group);
  });
}

function baselineRows(member: Member, count: Count): ComparedRow[] {
  return partOf(member, count).baselines.map((baseline) => rowOf([baseline], [member]));
}

function rowOf(found: DetectorResult[], members: Member[]): ComparedRow {
  const figures = Object.fromEntries(FIGURES.map((figure) => [figure, meanOf(found.map((one) => one[figure]))]));
  const spread = deviation(found.map(({ f1 }) => f1).filter((f1) => f1 !== null));
  return {
    name: found[0].name,
    runs: members.map(({ dir }) => dir),
    protocol: members[0].result.protocol,
    rule: found[0].threshold.rule,
    figures: figures as ComparedRow['figures'],
    ...(spread === undefined ? {} : { spread }),
    ...(found.length === 1 && found[0].intervals?.f1 ? { interval: found[0].intervals.f1 } : {}),
    alerts: Math.round(mean(found.map(({ alerts }) => alerts))),
  };
}

/** Of those that are known; null where none is. */
function meanOf(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : mean(known);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
