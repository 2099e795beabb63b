import type { Sessions } from '../data/sessions.js';
import { UserError } from '../error.js';

/** Ids that an error names. */
const NAMED = 8;

/**
 * The session with this id; or, where groups are finer than session ids (windows, or sessions of each file), the only
 * one whose id has it among its words.
 * @throws UserError when there is none, or several
 */
export function findSession({ ids }: Pick<Sessions, 'ids'>, asked: string): number {
  const exact = ids.indexOf(asked);
  if (exact >= 0) return exact;
  const found = [...ids.keys()].filter((i) => ids[i].split(' ').includes(asked));
  if (found.length === 1) return found[0];
  const named = (of: readonly number[]) => of.slice(0, NAMED).map((i) => `"${ids[i]}"`);
  if (found.length === 0) {
    throw new UserError(
      `No session ${asked} in this run; its sessions are named like ${named([0, 1].filter((i) => i < ids.length)).join(', ')}.`,
    );
  }
  const more = found.length > NAMED ? `, and ${found.length - NAMED} more` : '';
  throw new UserError(
    `${asked} names ${found.length} sessions: ${named(found).join(', ')}${more}. Give the whole id of one.`,
  );
}
