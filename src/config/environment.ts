import type { Fault } from './faults.js';
import type { Layer } from './layers.js';
import { type Leaf, variableOf } from './leaves.js';
import { nearest } from './nearest.js';

/** Reserved for the source of a pretrained model and for the device; accepted, but no settings. */
export const RESERVED = ['LOGBERT_MODEL', 'LOGBERT_LOCAL_PATH', 'LOGBERT_DEVICE'];

/** Read elsewhere: test data, folder of downloads, and oclif's own. */
const FOREIGN = /^LOGBERT_(TEST_DATA|DATASETS|(CACHE|CONFIG|DATA)_DIR|AC_\w+)$/;

/** The settings among environment variables. An empty variable counts as not set. */
export function environmentLayer(environment: Record<string, string | undefined>, leaves: Leaf[], origin = ''): Layer {
  return leaves.flatMap((leaf) => {
    const variable = variableOf(leaf.path);
    const text = environment[variable];
    return text ? [{ path: leaf.path, value: fromText(text, leaf), origin: variable + origin }] : [];
  });
}

/** `LOGBERT_*` variables that are no settings. */
export function unknownVariables(
  environment: Record<string, string | undefined>,
  leaves: Leaf[],
  origin?: string,
): Fault[] {
  const known = new Set([...leaves.map(({ path }) => variableOf(path)), ...RESERVED]);
  return Object.keys(environment)
    .filter((name) => /^LOGBERT_/i.test(name) && !known.has(name) && !FOREIGN.test(name))
    .map((name) => {
      const hint = nearest(name, known);
      return { key: name, origin, message: `unknown variable.${hint ? ` Did you mean ${hint}?` : ''}` };
    });
}

/** The value that a text stands for; what can't be read stays text, which the schema then reports. */
export function fromText(text: string, { kind }: Pick<Leaf, 'kind'>): unknown {
  const trimmed = text.trim();
  switch (kind) {
    case 'number':
      return toNumber(trimmed);
    case 'boolean':
      return /^(true|yes|on|1)$/i.test(trimmed) ? true : /^(false|no|off|0)$/i.test(trimmed) ? false : text;
    case 'texts':
      return toItems(trimmed);
    case 'numbers':
      return toItems(trimmed).map(toNumber);
    default:
      return text;
  }
}

function toNumber(text: string): unknown {
  const value = Number(text);
  return text === '' || Number.isNaN(value) ? text : value;
}

function toItems(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
