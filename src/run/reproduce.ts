import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Settings } from '../config/schema.js';
import { loadSettings } from '../config/settings.js';
import { UsageError } from '../error.js';
import type { Progress } from '../progress.js';
import type { Result } from '../score/result.js';
import { RunFolder } from './folder.js';
import { runPipeline } from './pipeline.js';

/** The configurations and the tables of papers, files of the package. */
const EXPERIMENTS = new URL('../../experiments/', import.meta.url);

const percents = z.object({ precision: z.number(), recall: z.number(), f1: z.number() });
const tables = z.record(
  z.string(),
  z.object({
    /** Where the paper's figures stand. */
    source: z.string(),
    rows: z.array(z.object({ name: z.string(), config: z.string().optional(), paper: percents.optional() })),
  }),
);

/** In per cent, as papers print them. */
export type Percents = z.output<typeof percents>;

export interface ReproducedRow {
  name: string;
  paper?: Percents;
  ours?: Percents;
  /** Why there is no figure of ours; such a cell never holds a guess. */
  missing?: string;
  run?: string;
  seconds?: number;
}

export interface ReproducedTable {
  table: string;
  source: string;
  rows: ReproducedRow[];
}

/**
 * Runs every configuration of a table. Stages that are fresh are skipped, so that a table goes on where it was stopped.
 * @param options.datasets folder of the downloaded data sets
 * @param options.only names of rows; all by default
 * @param options.onRow is told of each row before it runs
 * @throws UsageError when there is no such table or row
 */
export async function reproduce(
  name: string,
  progress: Progress,
  options: { datasets: string; only?: readonly string[]; onRow?(name: string): void },
): Promise<ReproducedTable> {
  const { source, rows } = await tableNamed(name);
  const chosen = rows.filter((row) => options.only?.includes(row.name) ?? true);
  if (chosen.length === 0) {
    throw new UsageError(`No such row. Rows of ${name}: ${rows.map((row) => row.name).join(', ')}.`);
  }
  const done: ReproducedRow[] = [];
  for (const { name: row, config, paper } of chosen) {
    options.onRow?.(row);
    done.push({ name: row, paper, ...(await reproduceRow(config, options.datasets, progress)) });
  }
  return { table: name, source, rows: done };
}

async function tableNamed(name: string) {
  const all = tables.parse(JSON.parse(await readFile(new URL('tables.json', EXPERIMENTS), 'utf8')));
  if (Object.hasOwn(all, name)) return all[name];
  throw new UsageError(`There is no table ${name}: expected ${Object.keys(all).join(', ')}.`);
}

async function reproduceRow(
  config: string | undefined,
  datasets: string,
  progress: Progress,
): Promise<Omit<ReproducedRow, 'name'>> {
  if (config === undefined) return { missing: 'needs a configuration' };
  const path = fileURLToPath(new URL(config, EXPERIMENTS));
  if (!existsSync(path)) return { missing: `needs experiments/${config}` };
  const environment = { ...process.env, LOGBERT_DATASETS: datasets };
  const settings = await loadSettings({ config: path, environment });
  const absent = inputsOf(settings).find((file) => !existsSync(file));
  if (absent !== undefined) return { missing: `needs ${absent}` };
  const started = performance.now();
  const run = await RunFolder.open(settings.run, { create: true });
  try {
    await runPipeline(settings, run, progress);
    const { result }: Result = JSON.parse(await readFile(await run.require('result'), 'utf8'));
    const ran = { run: run.dir, seconds: (performance.now() - started) / 1000 };
    const { precision, recall, f1 } = result;
    if (f1 === null)
      return { ...ran, missing: 'needs test sessions of both labels: it ran, but nothing can be judged' };
    return { ...ran, ours: { precision: percent(precision), recall: percent(recall), f1: percent(f1) } };
  } finally {
    await run.close();
  }
}

function inputsOf({ input }: Settings): string[] {
  return [...input.files, ...Object.values(input.keys ?? {}).flat(), ...(input.labelledKeys ?? [])];
}

function percent(fraction: number | null): number {
  return Math.round(10_000 * (fraction ?? 0)) / 100;
}
