import type { z } from 'zod';
import { UsageError } from '../error.js';
import type { Origin } from './layers.js';
import { keysAt } from './leaves.js';
import { nearest } from './nearest.js';

type Issue = z.core.$ZodIssue;

/** One thing that is wrong with the settings. */
export interface Fault {
  /** Dotted path of the setting, or the name of a variable. */
  key: string;
  origin?: Origin;
  /** What was expected and what was found. */
  message: string;
}

/** All faults in one error, so that they can be mended in one go. */
export function faultsError(faults: Fault[]): UsageError {
  const lines = faults.map(({ key, origin, message }) => `  ${key}${origin ? ` (${origin})` : ''}: ${message}`);
  const title = faults.length === 1 ? 'A setting is wrong:' : `${faults.length} settings are wrong:`;
  return new UsageError([title, ...lines].join('\n'));
}

/** What a schema's issues mean to the user. `prefix` is the path of `schema` within the settings. */
export function faultsOf(
  issues: readonly Issue[],
  input: unknown,
  schema: z.ZodType,
  origins: ReadonlyMap<string, Origin>,
  prefix: string[] = [],
): Fault[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownKey([...path, key], schema, origins, prefix));
    }
    const key = [...prefix, ...path];
    const found = path.reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], input);
    const what = issue.code === 'custom' ? issue.message : `expected ${expected(issue)}`;
    const message = `${what}, found ${describe(found)}`;
    return [{ key: key.join('.'), origin: originOf(key, origins), message }];
  });
}

function unknownKey(path: string[], schema: z.ZodType, origins: ReadonlyMap<string, Origin>, prefix: string[]): Fault {
  const known = keysAt(schema, path.slice(0, -1)) ?? [];
  const hint = nearest(path[path.length - 1], known);
  const full = [...prefix, ...path];
  const advice = hint
    ? `Did you mean ${[...full.slice(0, -1), hint].join('.')}?`
    : `Known here: ${known.sort().join(', ') || 'nothing'}.`;
  return { key: full.join('.'), origin: originOf(full, origins), message: `unknown key. ${advice}` };
}

/** The origin of a value, of the list that it stands in, or of the first value below it. */
function originOf(path: string[], origins: ReadonlyMap<string, Origin>): Origin | undefined {
  for (let length = path.length; length > 0; length--) {
    const found = origins.get(path.slice(0, length).join('.'));
    if (found) return found;
  }
  const below = `${path.join('.')}.`;
  return [...origins].find(([key]) => key.startsWith(below))?.[1];
}

function expected(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'too_small':
      return issue.origin === 'array'
        ? `at least ${issue.minimum} items`
        : `a number ${issue.inclusive ? 'of at least' : 'above'} ${issue.minimum}`;
    case 'too_big':
      return `a number ${issue.inclusive ? 'of at most' : 'below'} ${issue.maximum}`;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return issue.errors.map(([first]) => (first ? expected(first) : 'another value')).join(' or ');
    default:
      return issue.message;
  }
}

const TYPES: Record<string, string> = {
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  string: 'text',
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
};

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'nothing (an empty value)';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
