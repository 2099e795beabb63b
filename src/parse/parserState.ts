import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Settings } from '../config/schema.js';
import { UserError } from '../error.js';
import { Cluster, Drain, type SavedNode } from './drain.js';
import { type Mask, resolveMasks } from './masks.js';

const FORMAT = 'logbert-parser';
const VERSION = 1;

const savedNode: z.ZodType<SavedNode> = z.lazy(() =>
  z.strictObject({
    children: z.array(z.tuple([z.string(), savedNode])).optional(),
    clusters: z.array(z.number().int().nonnegative()).optional(),
  }),
);

const savedParser = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  drain: z.strictObject({ depth: z.number().int().min(3), similarity: z.number(), maxChildren: z.number().int() }),
  masks: z.array(z.strictObject({ name: z.string(), pattern: z.string() })),
  clusters: z.array(z.strictObject({ id: z.number().int(), size: z.number().int(), template: z.array(z.string()) })),
  tree: z.record(z.string(), savedNode),
});

/** What a parser has learnt, and what it needs to read on in the same way. */
export interface ParserState {
  masks: Mask[];
  drain: Drain;
}

/**
 * A parser that has learnt nothing.
 * @throws UsageError when a mask of the settings is wrong
 */
export function newParser(settings: Settings['drain']): ParserState {
  const { depth, similarity, maxChildren } = settings;
  return { masks: resolveMasks(settings.masks), drain: new Drain({ depth, similarity, maxChildren }) };
}

/** The state as readable JSON. */
export function parserJson({ masks, drain }: ParserState): string {
  const clusters = drain.clusters.map(({ id, size, tokens }) => ({ id, size, template: tokens }));
  const state = { format: FORMAT, version: VERSION, drain: drain.options, masks, clusters, tree: drain.save() };
  return `${JSON.stringify(state, null, 1)}\n`;
}

/**
 * @param next the command that makes a parser, named when this one can't be read
 * @throws UserError when the file is missing or isn't a parser that this version wrote
 */
export async function loadParser(path: string, next: string): Promise<ParserState> {
  const text = await readFile(path, 'utf8').catch((error) => {
    throw new UserError(`Can't read the parser ${path}: ${reason(error)}.`, { next, cause: error });
  });
  try {
    return parserFromJson(text);
  } catch (error) {
    throw new UserError(`${path} isn't a parser that logbert wrote: ${reason(error)}.`, { next, cause: error });
  }
}

/** @throws Error when the text isn't what `parserJson` gives */
export function parserFromJson(text: string): ParserState {
  const { drain, masks, clusters: saved, tree } = checked(JSON.parse(text));
  const clusters = saved.map(({ id, size, template }, i) => {
    if (id !== i) throw new Error(`cluster ${i} has the id ${id}`);
    return new Cluster(id, template, size);
  });
  for (const id of idsIn(Object.values(tree))) if (id >= clusters.length) throw new Error(`there is no cluster ${id}`);
  return { masks: resolveMasks(masks), drain: Drain.load(drain, clusters, tree) };
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
