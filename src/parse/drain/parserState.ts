import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Settings } from '../../config/schema.js';
import { UserError } from '../../error.js';
import { type Mask, resolveMasks } from '../masks/masks.js';
import { Cluster, Drain, type SavedNode } from './drain.js';
import { readDrain3Snapshot } from './drain3Snapshot.js';

const FORMAT = 'logbert-parser';
/** 1 had no delimiters, merged or named clusters, and ids without gaps; it is still read. */
const VERSION = 2;

const id = z.number().int().nonnegative();

const savedNode: z.ZodType<SavedNode> = z.lazy(() =>
  z.strictObject({
    children: z.array(z.tuple([z.string(), savedNode])).optional(),
    clusters: z.array(id).optional(),
  }),
);

const savedParser = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal([1, VERSION]),
  drain: z.strictObject({
    depth: z.number().int().min(3),
    similarity: z.number(),
    maxChildren: z.number().int(),
    maxClusters: z.number().int().positive().optional(),
    parametrizeNumericTokens: z.boolean().optional(),
    lastTokenLeads: z.boolean().optional(),
  }),
  delimiters: z.array(z.string().min(1)).default([]),
  masks: z.array(z.strictObject({ name: z.string(), pattern: z.string() })),
  nextId: id.optional(),
  clusters: z.array(
    z.strictObject({
      id,
      size: z.number().int(),
      template: z.array(z.string()),
      mergedInto: id.optional(),
      name: z.string().optional(),
    }),
  ),
  tree: z.record(z.string(), savedNode),
});

/** What a parser has learnt, and what it needs to read on in the same way. */
export interface ParserState {
  masks: Mask[];
  /** Texts that part tokens as white space does, once masks are in place. */
  delimiters: string[];
  drain: Drain;
}

/**
 * A parser that has learnt nothing.
 * @throws UsageError when a mask of the settings is wrong
 */
export function newParser(settings: Settings['drain']): ParserState {
  const { masks, extraDelimiters, ...options } = settings;
  return { masks: resolveMasks(masks), delimiters: extraDelimiters, drain: new Drain(options) };
}

/** The text of each template, by id. */
export function templateTextsOf({ drain }: ParserState): Map<number, string> {
  return new Map(drain.clusters.map(({ id, tokens }) => [id, tokens.join(' ')]));
}

/** The state as readable JSON. */
export function parserJson({ masks, delimiters, drain }: ParserState): string {
  const { clusters, trees, nextId } = drain.save();
  const saved = clusters.map(({ id, size, tokens, mergedInto, name }) => ({
    id,
    size,
    template: tokens,
    mergedInto: mergedInto?.id,
    name,
  }));
  const { options } = drain;
  const state = { format: FORMAT, version: VERSION, drain: options, delimiters, masks, nextId, clusters: saved };
  return `${JSON.stringify({ ...state, tree: trees }, null, 1)}\n`;
}

/**
 * Loads a parser that logbert wrote, or a snapshot of Drain3, whose masks are those of `settings`.
 * @param next the command that makes a parser, named when this one can't be read
 * @throws UserError when the file is missing or is neither
 */
export async function loadParser(path: string, settings: Settings['drain'], next: string): Promise<ParserState> {
  const text = await readFile(path, 'utf8').catch((error) => {
    throw new UserError(`Can't read the parser ${path}: ${reason(error)}.`, { next, cause: error });
  });
  try {
    const snapshot = readDrain3Snapshot(text);
    return snapshot ? { ...snapshot, masks: resolveMasks(settings.masks) } : parserFromJson(text);
  } catch (error) {
    const message = `${path} isn't a parser that logbert wrote or Drain3 saved: ${reason(error)}.`;
    throw new UserError(message, { next, cause: error });
  }
}

/** @throws Error when the text isn't what `parserJson` gives */
export function parserFromJson(text: string): ParserState {
  const { drain, delimiters, masks, clusters: saved, tree, nextId } = checked(JSON.parse(text));
  const clusters = saved.map(({ id, size, template }) => new Cluster(id, template, size));
  const byId = new Map(clusters.map((cluster) => [cluster.id, cluster]));
  if (byId.size < clusters.length) throw new Error('two clusters have the same id');
  const known = (id: number) => byId.get(id) ?? missing(id);
  idsIn(Object.values(tree)).forEach(known);
  for (const [i, { mergedInto, name }] of saved.entries()) {
    clusters[i].mergedInto = mergedInto === undefined ? undefined : known(mergedInto);
    clusters[i].name = name;
  }
  const next = nextId ?? Math.max(-1, ...byId.keys()) + 1;
  return {
    masks: resolveMasks(masks),
    delimiters,
    drain: Drain.load(drain, { clusters, trees: tree, nextId: next }),
  };
}

function missing(id: number): never {
  throw new Error(`there is no cluster ${id}`);
}

function checked(state: unknown): z.output<typeof savedParser> {
  const result = savedParser.safeParse(state);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0];
  throw new Error(path.length > 0 ? `${path.join('.')}: ${message}` : message);
}

function idsIn(nodes: SavedNode[]): number[] {
  return nodes.flatMap(({ clusters = [], children = [] }) => [...clusters, ...idsIn(children.map(([, node]) => node))]);
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'there is no such file' : message;
}
