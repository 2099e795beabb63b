import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What `fit` and `scan` write into a folder of logs: bundles and what stands beside them, pages of findings. */
const OURS = /\.(zip|zip\.lock|zip\.told\.json|html)$/i;
const PACKED = /\.(gz|zst|xz|bz2)$/i;
/** A number behind the name, as logrotate gives it. */
const NUMBER = /^(.+)\.(\d{1,5})$/;
/** A date in the name, such as `-20240415`, `.2024-04-15` or `_2024-04-15-13`; ten digits may be seconds too. */
const DATE = /[-._](\d{4})-?(\d{2})-?(\d{2})(?:[-_T]?(\d{2}))?(?!\d)/;
/** A number between a date and the ending, as log4j's `%i` gives it. */
const INDEX = /[-._](\d{1,5})(?=\.\w+$)/;

/**
 * The files that the given names stand for: a folder for the logs in it and below, `*` and `?` in a file name for
 * what matches, any other name for itself, or with `rotated` for its whole rotated set. What one name stands for comes
 * in the order of `oldestFirst`; the names stay in the given order.
 */
export function inputFiles({ files, rotated = false }: { files: readonly string[]; rotated?: boolean }): string[] {
  return files.flatMap((name) => {
    const found = statSync(name, { throwIfNoEntry: false });
    if (found?.isDirectory()) return orItself(name, oldestFirst(logsOf(name)));
    if (!found && /[*?]/.test(basename(name))) return orItself(name, matching(name));
    return rotated && name !== '-' ? orItself(name, setOf(name)) : [name];
  });
}

/**
 * Puts the files of rotated sets in the order in which they were written: those with a date in the name by date (of one
 * date, by number upwards), then the numbered ones from the highest number down, then the one without either. Sets, and
 * files that are no sets, follow each other by name, in which numbers count as numbers.
 */
export function oldestFirst(paths: readonly string[]): string[] {
  const { compare } = new Intl.Collator('en', { numeric: true });
  return paths
    .map((path) => ({ path, ...rotationOf(path) }))
    .sort((a, b) => compare(a.base, b.base) || byAge(a, b) || compare(a.path, b.path))
    .map(({ path }) => path);
}

interface Rotation {
  /** The path without what rotation has added: equal for the files of one set. */
  base: string;
  /** Digits of the date; '' where there is none. */
  date: string;
  /** Infinity where there is none. */
  number: number;
}

function rotationOf(path: string): Rotation {
  const name = basename(path).replace(PACKED, '');
  const [, stem = name, behind] = NUMBER.exec(name) ?? [];
  const date = DATE.exec(stem);
  const rest = date ? stem.replace(date[0], '') : stem;
  const index = date && behind === undefined ? INDEX.exec(rest) : null;
  return {
    base: join(dirname(path), index ? rest.replace(index[0], '') : rest),
    date: date ? date.slice(1).join('') : '',
    number: Number(behind ?? index?.[1] ?? Number.POSITIVE_INFINITY),
  };
}

function byAge(a: Rotation, b: Rotation): number {
  if (a.date !== b.date) return a.date === '' ? 1 : b.date === '' || a.date < b.date ? -1 : 1;
  if (a.number === b.number) return 0;
  if (a.date === '' && Number.isFinite(a.number) && Number.isFinite(b.number)) return b.number - a.number;
  return a.number < b.number ? -1 : 1;
}

function setOf(name: string): string[] {
  const { base } = rotationOf(name);
  return oldestFirst(filesIn(dirname(name)).filter((path) => rotationOf(path).base === base));
}

function matching(pattern: string): string[] {
  const source = basename(pattern)
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const regex = new RegExp(`^${source}$`);
  return oldestFirst(filesIn(dirname(pattern)).filter((path) => regex.test(basename(path))));
}

/** Files with `.log` in their names, in the folder and below; where there are none, what isn't hidden in it. */
function logsOf(dir: string): string[] {
  const all = readdirSync(dir, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const logs = all.filter(({ name }) => name.includes('.log') && !name.startsWith('.'));
  if (logs.length > 0) return logs.map(({ parentPath, name }) => join(parentPath, name));
  return filesIn(dir).filter((path) => !basename(path).startsWith('.') && !OURS.test(path));
}

function filesIn(dir: string): string[] {
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return [];
  const entries = readdirSync(dir, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(dir, entry.name));
}

/** Where nothing is found the name itself stands, and its reader says what is wrong with it. */
function orItself(name: string, found: string[]): string[] {
  return found.length > 0 ? found : [name];
}
