import { readFile } from 'node:fs/promises';
import { isCollection, isMap, LineCounter, parseDocument } from 'yaml';
import { UsageError } from '../error.js';
import type { Fault } from './faults.js';
import { flatten, isRecord, type Layer } from './layers.js';

/** What may stand in `${NAME}` or `${NAME:-default}` in a YAML string. */
const VARIABLE = /\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g;

/**
 * Reads a YAML configuration. `${NAME}` and `${NAME:-default}` in its strings are replaced by environment variables.
 * Relative paths in it are meant from the working directory, as on the command line.
 * @throws UsageError when the file is missing or isn't YAML
 */
export async function readYaml(
  path: string,
  environment: Record<string, string | undefined>,
): Promise<{ layer: Layer; faults: Fault[] }> {
  const lines = new LineCounter();
  const document = parseDocument(await readText(path), { lineCounter: lines });
  const [error] = document.errors;
  if (error) throw new UsageError(`${path} isn't YAML: ${error.message.split('\n')[0].replace(/:$/, '')}.`);
  const value: unknown = document.toJS() ?? {};
  if (!isRecord(value))
    throw new UsageError(`${path} must hold settings as \`key: value\`, but it holds a plain value.`);

  const origin = (keys: string[]) => {
    const offset = offsetOf(document.contents, keys);
    return offset === undefined ? path : `${path}:${lines.linePos(offset).line}`;
  };
  const faults: Fault[] = [];
  const layer = flatten(value, origin).map((given) => {
    const missing = (name: string) =>
      faults.push({ key: given.path.join('.'), origin: given.origin, message: `the variable ${name} isn't set` });
    return { ...given, value: expand(given.value, environment, missing) };
  });
  return { layer, faults };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new UsageError(`The configuration ${path} can't be read: ${reason}.`, { cause: error });
  }
}

/** Offset of a key in the text. */
function offsetOf(contents: unknown, keys: string[]): number | undefined {
  let node = contents;
  let offset: number | undefined;
  for (const key of keys) {
    if (!isMap(node)) break;
    const pair = node.items.find((item) => String(item.key) === key);
    offset = (pair?.key as { range?: [number, number, number] } | undefined)?.range?.[0] ?? offset;
    node = isCollection(pair?.value) ? pair.value : undefined;
  }
  return offset;
}

function expand(
  value: unknown,
  environment: Record<string, string | undefined>,
  missing: (name: string) => void,
): unknown {
  if (Array.isArray(value)) return value.map((item) => expand(item, environment, missing));
  if (isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, environment, missing)]));
  }
  if (typeof value !== 'string') return value;
  return value.replace(VARIABLE, (_match, name: string, otherwise: string | undefined) => {
    const found = environment[name] || otherwise;
    if (found === undefined) missing(name);
    return found ?? '';
  });
}
