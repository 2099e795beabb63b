import { inflateSync } from 'node:zlib';
import { Cluster, Drain, type SavedNode, WILDCARD } from './drain.js';

/** What a snapshot of Drain3 holds; masks aren't part of it. */
export interface Drain3Snapshot {
  drain: Drain;
  delimiters: string[];
}

type Json = Record<string, unknown>;

/**
 * Reads what Drain3's persistence handlers save: jsonpickle's JSON, or that packed with zlib in base64, its default.
 * Clusters keep Drain3's ids, which count from 1.
 *
 * @returns undefined when the text is no such snapshot
 * @throws Error that says what is wrong with one
 */
export function readDrain3Snapshot(text: string): Drain3Snapshot | undefined {
  const json = unpacked(text);
  if (!/^\{\s*"py\/object"/.test(json)) return undefined;
  const pickled = JSON.parse(json) as Json;
  if (!String(pickled['py/object']).endsWith('.Drain')) throw new Error(`it holds a ${pickled['py/object']}`);
  const state = stateOf(pickled);
  const wildcard = String(state.param_str ?? WILDCARD);
  const maxClusters = typeof state.max_clusters === 'number' ? state.max_clusters : undefined;
  const options = {
    depth: number(state.log_cluster_depth ?? state.depth, 'log_cluster_depth'),
    similarity: number(state.sim_th, 'sim_th'),
    maxChildren: number(state.max_children, 'max_children'),
    ...(maxClusters === undefined ? {} : { maxClusters }),
    ...(state.parametrize_numeric_tokens === false ? { parametrizeNumericTokens: false } : {}),
  };
  const drain = Drain.load(options, {
    clusters: clustersOf(state.id_to_cluster as Json, wildcard),
    trees: Object.fromEntries(childrenOf(state.root_node, wildcard)),
    nextId: number(state.clusters_counter, 'clusters_counter') + 1,
  });
  return { drain, delimiters: (state.extra_delimiters as string[] | undefined) ?? [] };
}

function unpacked(text: string): string {
  const trimmed = text.trim();
  return /^eJ[\w+/=]*$/.test(trimmed) ? inflateSync(Buffer.from(trimmed, 'base64')).toString('utf8') : trimmed;
}

/** The attributes of a pickled object: in itself, in `py/state`, or behind `[null, ...]` where the class has slots. */
function stateOf(object: unknown): Json {
  const outer = object as Json;
  if (outer['py/id'] !== undefined) throw new Error('it has references between its objects');
  const state = (outer['py/state'] ?? outer) as Json;
  const slots = state['py/tuple'] as [null, Json] | undefined;
  return slots ? slots[1] : state;
}

/** In the order of their latest use, which is that of Python's dictionaries and of the cache's own list. */
function clustersOf(saved: Json, wildcard: string): Cluster[] {
  const cache = saved['py/object'] ? stateOf(saved) : undefined;
  const byId = new Map(
    Object.entries((cache?._Cache__data ?? saved) as Json).map(([key, cluster]) => [
      Number(key.replace('json://', '')),
      cluster,
    ]),
  );
  const order = cache ? orderOf(cache._LRUCache__order) : [...byId.keys()];
  return order.map((id) => {
    const { log_template_tokens: tokens, size } = stateOf(byId.get(id));
    const list = (Array.isArray(tokens) ? tokens : (tokens as Json)['py/tuple']) as string[];
    return new Cluster(
      id,
      list.map((token) => (token === wildcard ? WILDCARD : token)),
      number(size, 'size'),
    );
  });
}

function orderOf(saved: unknown): number[] {
  const [, , , , items] = (saved as { 'py/reduce': unknown[] })['py/reduce'];
  const pairs = (items as { 'py/tuple': { 'py/tuple': [number, null] }[] })['py/tuple'];
  return pairs.map((pair) => pair['py/tuple'][0]);
}

function childrenOf(node: unknown, wildcard: string): [string, SavedNode][] {
  const children = (stateOf(node).key_to_child_node ?? {}) as Json;
  return Object.entries(children).map(([token, child]) => [
    token === wildcard ? WILDCARD : token,
    { children: childrenOf(child, wildcard), clusters: (stateOf(child).cluster_ids as number[] | undefined) ?? [] },
  ]);
}

function number(value: unknown, name: string): number {
  if (typeof value !== 'number') throw new Error(`its ${name} is ${JSON.stringify(value)}, expected a number`);
  return value;
}
