import { UsageError } from '../../error.js';
import { patternFault } from './bytePattern.js';

/** Each match of `pattern` in a message is replaced by `<name>` before Drain sees the message. */
export interface Mask {
  name: string;
  /** A regular expression of the subset in regexSyntax.ts, which is matched in linear time; not the empty text. */
  pattern: string;
}

const HEX4 = '[0-9a-fA-F]{1,4}';

/** Masks that a configuration can name. They are applied in the order in which the configuration lists them. */
export const MASKS: Record<string, string> = {
  BLOCK: 'blk_-?\\d+',
  // Without the slash that Java prints before an address, so that the value is the address alone.
  IP: '\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}(?::\\d+)?',
  // Inner dots belong to a file name, a dot at the end to the sentence.
  PATH: '(?:/[\\w-]+(?:\\.[\\w-]+)*)+',
  URL: '\\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\\s"\'<>,;()\\[\\]]+',
  EMAIL: '\\b[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+',
  UUID: '\\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\\b',
  MAC: '(?<![\\w:-])(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}(?![\\w:-])',
  IPV6: `(?<![\\w:])(?:(?:${HEX4}:){7}${HEX4}|(?:${HEX4}:)+(?::${HEX4})+|(?:${HEX4}:)+:|::${HEX4}(?::${HEX4})*)(?:%\\w+)?(?:\\]:\\d+|(?![\\w:]))`,
  DATE: '\\b\\d{4}[-/]\\d{2}[-/]\\d{2}(?:[T_]\\d{2}:\\d{2}:\\d{2}(?:[.,]\\d+)?(?:Z|[+-]\\d{2}:?\\d{2})?)?\\b',
  TIME: '\\b\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d+)?)?\\b',
  // A drive and folders, as Windows writes them.
  WINPATH: '\\b[a-zA-Z]:(?:\\\\[\\w.$-]+)+',
  // A dotted name: a host, a class, a package, a version.
  NAME: '\\b[\\w-]+(?:\\.[\\w-]+){2,}\\b',
  HEX: '\\b0[xX][0-9a-fA-F]+\\b',
  // Hashes and keys, which no word is.
  HASH: '\\b[0-9a-f]{12,}\\b',
  // An amount with its unit, such as 24.5KB or 12ms.
  AMOUNT: '\\b\\d+(?:\\.\\d+)?(?:[KMGTkmgt]i?[Bb]?|B|bytes|[mun]?s|sec|min|h|%)(?!\\w)',
  NUM: '(?<![\\w.])[-+]?\\d+(?:\\.\\d+)*(?![\\w])',
};

/**
 * Looks up the names and checks the patterns of `drain.masks`.
 * @throws UsageError that lists every fault
 */
export function resolveMasks(wanted: readonly (string | Mask)[]): Mask[] {
  const faults: string[] = [];
  const masks = wanted.map((mask) => (typeof mask === 'string' ? { name: mask, pattern: MASKS[mask] } : mask));
  for (const { name, pattern } of masks) {
    const fault = pattern === undefined ? `there is no mask of this name (known: ${known()})` : patternFault(pattern);
    if (fault) faults.push(`drain.masks ${name}: ${fault}`);
  }
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  return masks;
}

function known(): string {
  return Object.keys(MASKS).join(', ');
}
