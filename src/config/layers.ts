/** Where a value was given, in the words of the user: `--depth`, `LOGBERT_DRAIN_DEPTH`, `hdfs.yaml:4`. */
export type Origin = string;

/** One given value. */
export interface Given {
  path: string[];
  value: unknown;
  origin: Origin;
}

/** Values of one source, such as the flags or a YAML file. */
export type Layer = Given[];

/** Settings merged from several layers, and who gave each value. */
export interface Merged {
  value: Record<string, unknown>;
  /** By dotted path of the given value, which may be a whole list. */
  origins: Map<string, Origin>;
}

/** Merges layers; a later one is stronger. */
export function merge(layers: Layer[], defaultModel: string): Merged {
  const merged: Merged = { value: {}, origins: new Map() };
  for (const layer of layers) {
    const name = layer.find(({ path }) => path.join('.') === 'model.name')?.value;
    if (name !== undefined) dropOtherModel(merged, name, defaultModel);
    for (const { path, value, origin } of layer) {
      put(merged.value, path, value);
      merged.origins.set(path.join('.'), origin);
    }
  }
  return merged;
}

/** The strongest value of a path; `layers` as for `merge`. */
export function strongest(layers: Layer[], path: string): unknown {
  return layers.flat().findLast((given) => given.path.join('.') === path)?.value;
}

/** Flattens nested settings, as in a YAML file, into given values. Lists stay whole. */
export function flatten(value: unknown, origin: (path: string[]) => Origin, path: string[] = []): Layer {
  if (!isRecord(value)) return [{ path, value, origin: origin(path) }];
  const entries = Object.entries(value);
  if (entries.length === 0) return [];
  return entries.flatMap(([key, child]) => flatten(child, origin, [...path, key]));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** A model's own settings mean nothing to another model, so a weaker layer's are dropped when a stronger names another. */
function dropOtherModel(merged: Merged, name: unknown, defaultModel: string): void {
  const model = merged.value.model;
  if (!isRecord(model) || (model.name ?? defaultModel) === name) return;
  delete merged.value.model;
  for (const path of merged.origins.keys()) if (path.startsWith('model.')) merged.origins.delete(path);
}

function put(target: Record<string, unknown>, path: string[], value: unknown): void {
  let node = target;
  for (const key of path.slice(0, -1)) {
    // A stronger layer may give an object where a weaker one gave a plain value.
    if (!Object.hasOwn(node, key) || !isRecord(node[key])) define(node, key, {});
    node = node[key] as Record<string, unknown>;
  }
  define(node, path[path.length - 1], value);
}

/** A key such as `__proto__` in a file is data too. */
function define(node: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(node, key, { value, enumerable: true, writable: true, configurable: true });
}
