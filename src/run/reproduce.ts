import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { variableOf } from '../config/leaves.js';
import type { Settings } from '../config/schema.js';
import { loadSettings, memorable } from '../config/settings.js';
import { deviation, mean } from '../data/spread.js';
import { UsageError } from '../error.js';
import type { Progress } from '../progress.js';
import type { Comparison, Result } from '../score/result.js';
import { RunFolder } from './folder.js';
import { runPipeline } from './pipeline.js';

/** The configurations and the tables of papers, files of the package. */
const EXPERIMENTS = new URL('../../experiments/', import.meta.url);

const percents = z.object({ precision: z.number(), recall: z.number(), f1: z.number() });
const rowSchema = z.object({
  name: z.string(),
  config: z.string().optional(),
  /** Settings in place of the configuration's, by dotted path. A row that has some needs a `name` of its own. */
  set: z.record(z.string(), z.string()).default({}),
  paper: percents.partial().required({ f1: true }).optional(),
  /** Which sessions the paper's figures count: every one, or those that `evaluate.minLength` leaves. */
  count: z.enum(['all', 'result']).default('result'),
});
const tables = z.record(
  z.string(),
  z.object({
    /** Where the paper's figures stand. */
    source: z.string(),
    /** Fetches the data set, where that is needed. */
    download: z.string().optional(),
    rows: z.array(rowSchema),
  }),
);
type Row = z.output<typeof rowSchema>;

/** In per cent, as papers print them. */
export type Percents = z.output<typeof percents>;
/** Of some of its rows a paper tells F1 alone. */
export type Published = Pick<Percents, 'f1'> & Partial<Percents>;

/** Figures of ours; over several seeds their means. */
export interface Reproduced extends Percents {
  /** Fewest events of a session that counts. */
  least: number;
  /** Standard deviation of F1 over the seeds; there from two on. */
  spread?: number;
}

export interface ReproducedRow {
  name: string;
  paper?: Published;
  /** On the sessions that the paper counts. */
  ours?: Reproduced;
  /** On the others' count, where there are two. */
  other?: Reproduced;
  /** Why there is no figure of ours; such a cell never holds a guess. */
  missing?: string;
  runs?: string[];
  seconds?: number;
}

export interface ReproducedTable {
  table: string;
  source: string;
  rows: ReproducedRow[];
}

export interface ReproduceOptions {
  /** Folder of the downloaded data sets. */
  datasets: string;
  /** Names of rows; all by default. */
  only?: readonly string[];
  /** A run for each, in a folder of its own; by default the one of the configuration. */
  seeds?: readonly number[];
  /** Is told of each row before it runs. */
  onRow?(name: string): void;
}

/**
 * Runs every configuration of a table. Stages that are fresh are skipped, so that a table goes on where it was stopped.
 * @throws UsageError when there is no such table or row
 */
export async function reproduce(name: string, progress: Progress, options: ReproduceOptions): Promise<ReproducedTable> {
  const { source, download, rows } = await tableNamed(name);
  const names = rows.map((row) => row.name);
  const unknown = options.only?.find((only) => !names.includes(only));
  if (unknown !== undefined) throw new UsageError(`There is no row ${unknown}. Rows of ${name}: ${names.join('; ')}.`);
  const chosen = rows.filter((row) => options.only?.includes(row.name) ?? true);
  const done: ReproducedRow[] = [];
  for (const row of chosen) {
    options.onRow?.(row.name);
    done.push({ name: row.name, paper: row.paper, ...(await reproduceRow(row, { ...options, download }, progress)) });
  }
  return { table: name, source, rows: done };
}

async function tableNamed(name: string) {
  const all = tables.parse(JSON.parse(await readFile(new URL('tables.json', EXPERIMENTS), 'utf8')));
  if (Object.hasOwn(all, name)) return all[name];
  throw new UsageError(`There is no table ${name}: expected ${Object.keys(all).join(', ')}.`);
}

async function reproduceRow(
  row: Row,
  { datasets, download, seeds }: ReproduceOptions & { download?: string },
  progress: Progress,
): Promise<Omit<ReproducedRow, 'name'>> {
  if (row.config === undefined) return { missing: 'needs a configuration' };
  const config = fileURLToPath(new URL(row.config, EXPERIMENTS));
  if (!existsSync(config)) return { missing: `needs experiments/${row.config}` };
  const environment = { ...process.env, LOGBERT_DATASETS: datasets };
  const load = (set: Row['set']) => loadSettings({ config, environment: { ...environment, ...variablesOf(set) } });
  const settings = await load(row.set);
  const absent = inputsOf(settings).find((file) => !existsSync(file));
  if (absent !== undefined) {
    const how = absent.startsWith(datasets) ? download : 'the folder of the data is LOGBERT_TEST_DATA';
    return { missing: `needs ${absent}${how ? ` (${how})` : ''}` };
  }
  const started = performance.now();
  const results: Result[] = [];
  const runs: string[] = [];
  for (const one of seeds ? await Promise.all(seeds.map((seed) => load(seeded(row, settings, seed)))) : [settings]) {
    results.push(await resultOf(one, progress));
    runs.push(one.run);
  }
  return { runs, seconds: (performance.now() - started) / 1000, ...figuresOf(results, row.count) };
}

/** A model's own settings have no flags, so all come as variables. */
function variablesOf(set: Row['set']): Record<string, string> {
  return Object.fromEntries(Object.entries(set).map(([path, value]) => [variableOf(path.split('.')), value]));
}

function seeded({ set }: Row, { name }: Settings, seed: number): Row['set'] {
  return { ...set, seed: String(seed), name: `${name}-seed-${seed}` };
}

async function resultOf(settings: Settings & { run: string }, progress: Progress): Promise<Result> {
  const run = await RunFolder.open(settings.run, { create: true });
  try {
    await run.remember(memorable(settings));
    await runPipeline(settings, run, progress);
    return JSON.parse(await readFile(await run.require('result'), 'utf8'));
  } finally {
    await run.close();
  }
}

function figuresOf(results: Result[], count: Row['count']): Pick<ReproducedRow, 'ours' | 'other' | 'missing'> {
  const [{ data }] = results;
  const long = meanOf(results, data.minLength);
  const every = results.every(({ all }) => all)
    ? meanOf(
        results.map(({ all }) => all as Comparison),
        1,
      )
    : undefined;
  if (long === undefined) return { missing: 'needs test sessions of both labels: it ran, but nothing can be judged' };
  return count === 'all' && every ? { ours: every, other: long } : { ours: long, other: every };
}

function meanOf(found: Comparison[], least: number): Reproduced | undefined {
  const percent = (figure: keyof Percents) => found.map(({ result }) => 100 * (result[figure] ?? 0));
  if (found.some(({ result }) => result.f1 === null)) return undefined;
  const [precision, recall, f1] = (['precision', 'recall', 'f1'] as const).map((one) => hundredth(mean(percent(one))));
  const spread = deviation(percent('f1'));
  return { precision, recall, f1, least, ...(spread === undefined ? {} : { spread: hundredth(spread) }) };
}

function inputsOf({ input }: Settings): string[] {
  return [...input.files, ...Object.values(input.keys ?? {}).flat(), ...(input.labelledKeys ?? [])];
}

function hundredth(value: number): number {
  return Math.round(100 * value) / 100;
}
