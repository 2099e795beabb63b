import { UsageError } from '../error.js';
import { patternFault } from './bytePattern.js';

/** Each match of `pattern` in a message is replaced by `<name>` before Drain sees the message. */
export interface Mask {
  name: string;
  /** A regular expression of the subset in regexSyntax.ts, which is matched in linear time; not the empty text. */
  pattern: string;
}

/** Masks that a configuration can name. They are applied in the order in which the configuration lists them. */
export const MASKS: Record<string, string> = {
  BLOCK: 'blk_-?\\d+',
  // Without the slash that Java prints before an address, so that the value is the address alone.
  IP: '\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}(?::\\d+)?',
  // Inner dots belong to a file name, a dot at the end to the sentence.
  PATH: '(?:/[\\w-]+(?:\\.[\\w-]+)*)+',
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
