import { readFile, stat, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { settingsSchema } from '../../config/schema.js';
import { UserError } from '../../error.js';
import { quoted } from '../../run/artefacts.js';
import { RunFolder } from '../../run/folder.js';
import { readEvents } from '../events/eventReader.js';
import { LineStore, type RawLine } from '../rawLines/lineStore.js';
import { type Cluster, WILDCARD } from './drain.js';
import { loadParser, type ParserState, parserJson } from './parserState.js';
import { templatesFromCsv } from './templateTable.js';

/** Raw lines shown of a template. */
const EXAMPLES = 3;

export interface TemplateInfo {
  id: number;
  /** Events of the run, or messages that the parser has met. With those of the templates merged into it. */
  count: number;
  template: string;
  name?: string;
  /** Ids of the templates that were merged into this one. */
  merged?: number[];
  examples?: RawLine[];
}

export interface TemplateDiff {
  /** Templates of both, by text. */
  same: number;
  /** A template of A that a more general one of B covers. */
  generalized: { from: TemplateInfo; to: TemplateInfo }[];
  onlyA: TemplateInfo[];
  onlyB: TemplateInfo[];
}

export interface ListOptions {
  /** Keeps templates whose text or name holds this, in any case of letters. */
  search?: string;
  /** Adds the first raw lines of each. */
  examples?: boolean;
}

/**
 * Templates of a run folder, or of a parser's file, by id.
 * @throws UserError when there is none, or examples are asked of a file
 */
export async function listTemplates(path: string, options: ListOptions = {}): Promise<TemplateInfo[]> {
  const wanted = options.search?.toLowerCase() ?? '';
  const all = await templatesIn(path);
  const found = all.filter(({ template, name = '' }) => `${template}\n${name}`.toLowerCase().includes(wanted));
  return options.examples ? withExamples(await runIn(path), found) : found;
}

/** How the templates of two run folders or parsers differ, compared by their text. */
export async function diffTemplates(a: string, b: string): Promise<TemplateDiff> {
  const [inA, inB] = await Promise.all([templatesIn(a), templatesIn(b)]);
  const [textsA, textsB] = [inA, inB].map((list) => new Set(list.map(({ template }) => template)));
  const onlyA = inA.filter(({ template }) => !textsB.has(template));
  const onlyB = inB.filter(({ template }) => !textsA.has(template));
  const generalized = onlyA.flatMap((from) => {
    const to = onlyB.find((other) => covers(other.template, from.template));
    return to ? [{ from, to }] : [];
  });
  const paired = new Set(generalized.flatMap(({ from, to }) => [from, to]));
  return {
    same: inA.length - onlyA.length,
    generalized,
    onlyA: onlyA.filter((info) => !paired.has(info)),
    onlyB: onlyB.filter((info) => !paired.has(info)),
  };
}

/**
 * Merges templates by hand: from now on their events are those of `into`, whose text stays. The parser's state keeps it.
 * @throws UserError when an id is no template's, or is merged already
 */
export async function mergeTemplates(dir: string, into: number, ids: readonly number[]): Promise<TemplateInfo> {
  await editParser(dir, (clusters) => {
    const target = clusterOf(clusters, into, dir);
    if (target.mergedInto) throw new UserError(`Template ${into} is itself merged into ${target.mergedInto.id}.`);
    for (const id of ids) {
      const cluster = clusterOf(clusters, id, dir);
      if (cluster === target) throw new UserError(`Template ${id} can't be merged into itself.`);
      for (const other of clusters.values()) if (other.mergedInto === cluster) other.mergedInto = target;
      cluster.mergedInto = target;
    }
  });
  return infoOf(dir, into);
}

/** Takes a merged template out again. */
export async function splitTemplate(dir: string, id: number): Promise<TemplateInfo> {
  await editParser(dir, (clusters) => {
    const cluster = clusterOf(clusters, id, dir);
    if (!cluster.mergedInto) throw new UserError(`Template ${id} isn't merged into another.`);
    cluster.mergedInto = undefined;
  });
  return infoOf(dir, id);
}

/** Gives a template a name; an empty one takes it away. */
export async function renameTemplate(dir: string, id: number, name: string): Promise<TemplateInfo> {
  await editParser(dir, (clusters) => {
    clusterOf(clusters, id, dir).name = name === '' ? undefined : name;
  });
  return infoOf(dir, id);
}

/** Ids of the templates of a run that were merged by hand, and what into. */
export async function mergesOf(run: RunFolder): Promise<Map<number, number>> {
  const { drain } = await parserOf(run);
  return new Map(drain.clusters.flatMap(({ id, mergedInto }) => (mergedInto ? [[id, mergedInto.id]] : [])));
}

async function templatesIn(path: string): Promise<TemplateInfo[]> {
  const isRun = (await isFolder(path)) || extname(path) === '';
  const run = isRun ? await runIn(path) : undefined;
  const { drain } = run ? await parserOf(run) : await parserIn(path);
  const counts = run && (await countsOf(run));
  const infos = new Map<number, TemplateInfo>();
  for (const { id, tokens, size, name } of drain.clusters) {
    infos.set(id, { id, count: counts?.get(id) ?? (run ? 0 : size), template: tokens.join(' '), name });
  }
  for (const { id, mergedInto } of drain.clusters) {
    const [info, target] = [infos.get(id), mergedInto && infos.get(mergedInto.id)];
    if (!info || !target) continue;
    target.count += info.count;
    target.merged = [...(target.merged ?? []), id];
    infos.delete(id);
  }
  return [...infos.values()];
}

async function infoOf(dir: string, id: number): Promise<TemplateInfo> {
  return (await templatesIn(dir)).find((info) => info.id === id) as TemplateInfo;
}

async function countsOf(run: RunFolder): Promise<Map<number, number>> {
  const rows = templatesFromCsv(await readFile(await run.require('templates'), 'utf8'));
  return new Map(rows.map(({ id, count }) => [id, count]));
}

async function withExamples(run: RunFolder, infos: TemplateInfo[]): Promise<TemplateInfo[]> {
  const rows = new Map<number, number[]>(infos.map(({ id }) => [id, []]));
  const merges = await mergesOf(run);
  for await (const { start, length, template } of readEvents(await run.require('events'), ['template'])) {
    for (let i = 0; i < length; i++) {
      const found = rows.get(merges.get(template[i]) ?? template[i]);
      if (found && found.length < EXAMPLES) found.push(start + i);
    }
  }
  const store = await LineStore.open(run);
  try {
    const lines = await store.read([...rows.values()].flat());
    return infos.map((info) => {
      const examples = lines.splice(0, rows.get(info.id)?.length).filter((line) => line !== undefined);
      return { ...info, examples };
    });
  } finally {
    await store.close();
  }
}

async function editParser(dir: string, edit: (clusters: Map<number, Cluster>) => void): Promise<void> {
  const run = await RunFolder.open(dir);
  try {
    const state = await parserOf(run);
    edit(new Map(state.drain.clusters.map((cluster) => [cluster.id, cluster])));
    await run.edit('parser', (tmp) => writeFile(tmp, parserJson(state)));
  } finally {
    await run.close();
  }
}

function clusterOf(clusters: Map<number, Cluster>, id: number, dir: string): Cluster {
  const cluster = clusters.get(id);
  if (!cluster)
    throw new UserError(`There is no template ${id} in ${dir}.`, { next: `logbert templates ${quoted(dir)}` });
  return cluster;
}

async function parserOf(run: RunFolder): Promise<ParserState> {
  await run.require('parser');
  return parserIn(run.path('parser'));
}

function parserIn(path: string): Promise<ParserState> {
  return loadParser(path, settingsSchema.parse({}).drain, `logbert parse FILE --run ${quoted(join(path, '..'))}`);
}

async function runIn(path: string): Promise<RunFolder> {
  return RunFolder.open(path, { readOnly: true });
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Whether each token of `special` is the one of `general`, or that is a wildcard. */
function covers(general: string, special: string): boolean {
  const [wide, narrow] = [general.split(' '), special.split(' ')];
  return wide.length === narrow.length && wide.every((token, i) => token === WILDCARD || token === narrow[i]);
}
