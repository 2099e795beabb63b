import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse as parseDotenv } from 'dotenv';
import { models } from '../model/registry.js';
import { environmentLayer, fromText, unknownVariables } from './environment.js';
import { type Fault, faultsError, faultsOf } from './faults.js';
import { flatten, isRecord, type Layer, type Merged, merge, strongest } from './layers.js';
import { type Leaf, leavesOf } from './leaves.js';
import { type Settings, settingsSchema } from './schema.js';
import { readYaml } from './yaml.js';

/** What a command line gave for one setting. */
export interface FlagValue {
  /** Dotted path of the setting. */
  path: string;
  value: string | string[] | boolean;
  /** How the user wrote it, such as `--depth`. */
  origin: string;
}

export interface SettingsSources {
  flags?: FlagValue[];
  /** `process.env` unless given. */
  environment?: Record<string, string | undefined>;
  /** The `.env` file; a missing one counts as empty. */
  dotenv?: string;
  /** YAML configuration. */
  config?: string;
  /** Finds the settings that the run folder remembers; asked only when no `config` is given. */
  remembered?: (dir: string) => Promise<Record<string, unknown>>;
}

const settingLeaves = (): Leaf[] => leavesOf(settingsSchema);
const defaultModel = (): string => settingsSchema.parse({}).model.name;

/**
 * Settings from, strongest first: flags, environment, `.env`, the YAML file, or without one what the run remembers,
 * and defaults. The result's `run` is always set.
 * @throws UsageError that lists every fault with its key, its origin, what was expected and what was found
 */
export async function loadSettings(sources: SettingsSources = {}): Promise<Settings & { run: string }> {
  const environment = sources.environment ?? process.env;
  const dotenv = await readDotenv(sources.dotenv ?? '.env');
  const yaml = sources.config
    ? await readYaml(sources.config, { ...dotenv, ...environment })
    : { layer: [], faults: [] };

  const flags = flagLayer(sources.flags ?? []);
  const given = [
    namedAfter(sources.config),
    yaml.layer,
    ...environmentLayers(environment, dotenv, settingLeaves()),
    flags,
  ];
  const run = runFolderOf(given);
  const remembered = sources.config ? {} : ((await sources.remembered?.(run)) ?? {});
  const memory = flatten(remembered, () => join(run, 'run.json'));
  const model = String(strongest([memory, ...given], 'model.name') ?? defaultModel());
  const layers = [trainingLayer(model), forModel(memory, model), ...given];

  const ofModel = environmentLayers(environment, dotenv, modelLeaves(model));
  // The flags come twice: a model that they name must not drop the variables that are its own.
  const merged = merge([...layers, ...ofModel, flags], defaultModel());
  const { settings, faults } = validate(merged);
  const all = [...yaml.faults, ...faults, ...strayVariables(environment, dotenv)];
  if (all.length > 0 || !settings) throw faultsError(all);
  return { ...settings, run };
}

/** The settings that later commands on the same run start from: without those that concern one command or one machine. */
export function memorable(settings: Settings): Record<string, unknown> {
  const { run: _run, log: _log, engine: _engine, train, evaluate, ...rest } = settings;
  const { resume: _resume, ...training } = train;
  const { scores: _scores, ...evaluation } = evaluate;
  return { ...rest, train: training, evaluate: evaluation };
}

/** How the model is trained where nobody says otherwise. */
function trainingLayer(model: string): Layer {
  const { training } = Object.hasOwn(models, model) ? models[model] : {};
  return flatten({ train: training ?? {} }, () => `the defaults of ${model}`);
}

/** What the run remembers of the training of another model says nothing about this one, nor does its score. */
function forModel(memory: Layer, model: string): Layer {
  if ((strongest([memory], 'model.name') ?? model) === model) return memory;
  return memory.filter(({ path }) => path[0] !== 'train' && path.join('.') !== 'predict.score');
}

function environmentLayers(
  environment: Record<string, string | undefined>,
  dotenv: Record<string, string>,
  leaves: Leaf[],
): Layer[] {
  return [environmentLayer(dotenv, leaves, ' in .env'), environmentLayer(environment, leaves)];
}

function strayVariables(environment: Record<string, string | undefined>, dotenv: Record<string, string>): Fault[] {
  const leaves = [...settingLeaves(), ...Object.keys(models).flatMap(modelLeaves)];
  return [...unknownVariables(environment, leaves), ...unknownVariables(dotenv, leaves, '.env')];
}

function modelLeaves(name: string): Leaf[] {
  return Object.hasOwn(models, name) ? leavesOf(models[name].settings, ['model']) : [];
}

function flagLayer(flags: FlagValue[]): Layer {
  const kinds = new Map(settingLeaves().map((leaf) => [leaf.path.join('.'), leaf]));
  return flags.map(({ path, value, origin }) => {
    const leaf = kinds.get(path);
    if (!leaf) throw new Error(`${origin} sets ${path}, which is no setting`);
    return { path: leaf.path, value: typeof value === 'string' ? fromText(value, leaf) : value, origin };
  });
}

/** Without a name of its own a configuration is called like its file. */
function namedAfter(config: string | undefined): Layer {
  if (!config) return [];
  const name = basename(config)
    .replace(/\.ya?ml$/i, '')
    .replace(/[^\w.-]+/g, '-');
  return [{ path: ['name'], value: name, origin: config }];
}

function runFolderOf(layers: Layer[]): string {
  const run = strongest(layers, 'run');
  if (typeof run === 'string' && run !== '') return run;
  return join('output', String(strongest(layers, 'name') ?? settingsSchema.parse({}).name));
}

function validate(merged: Merged): { settings?: Settings; faults: Fault[] } {
  const parsed = settingsSchema.safeParse(merged.value);
  const faults = parsed.success ? [] : faultsOf(parsed.error.issues, merged.value, settingsSchema, merged.origins);
  const model = validateModel(merged);
  return { settings: parsed.data && { ...parsed.data, model: model.value }, faults: [...faults, ...model.faults] };
}

function validateModel(merged: Merged): { value: Settings['model']; faults: Fault[] } {
  const { name = defaultModel(), ...own } = isRecord(merged.value.model) ? merged.value.model : {};
  if (typeof name !== 'string' || !Object.hasOwn(models, name)) {
    const message = `expected one of ${Object.keys(models).join(', ')}, found ${JSON.stringify(name)}`;
    return { value: { name: '' }, faults: [{ key: 'model.name', origin: merged.origins.get('model.name'), message }] };
  }
  const { settings: schema } = models[name];
  const parsed = schema.safeParse(own);
  if (parsed.success) return { value: { ...(parsed.data as object), name }, faults: [] };
  return { value: { name }, faults: faultsOf(parsed.error.issues, own, schema, merged.origins, ['model']) };
}

/** The variables of a `.env` file; none where there is no file. */
export async function readDotenv(path: string): Promise<Record<string, string>> {
  try {
    return parseDotenv(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
