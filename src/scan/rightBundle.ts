import { UserError } from '../error.js';
import { count } from '../parse/input/logFiles.js';
import { type Events, FRESH, FRESH_ODD, originOf } from './events.js';
import type { LineAccount, LogView } from './logReader.js';
import type { ScanState } from './scanBundle.js';

/** Share of lines that are none the bundle knows, from which on it may be another log's. */
const MOST_UNKNOWN = 0.8;
/** Share of the kinds of lines below which it is: in a flood of new lines some of the usual ones come as well. */
const FEW_KINDS = 0.05;
/** Fewer lines say nothing of the bundle. */
const FEW_LINES = 20;

/**
 * Refuses to judge a log by what another one was like.
 * @throws UserError when the bundle knows hardly a line, nor a kind of line
 */
export function requireRightBundle({ account, events }: LogView, bundle: string, state: ScanState): void {
  const { rejected, unknown } = account;
  if (knownKinds(events) < FEW_KINDS) refuseMost(rejected + unknown, 'are unknown to', account, bundle, state);
}

/**
 * Refuses to learn another log's lines into a bundle. What is new in lines of its format is what it is to learn.
 * @throws UserError when hardly a line has the bundle's format
 */
export function requireRightFormat({ account }: LogView, bundle: string, state: ScanState): void {
  refuseMost(account.rejected, "haven't the format of", account, bundle, state);
}

function refuseMost(
  strange: number,
  what: string,
  { linesIn, blank }: LineAccount,
  bundle: string,
  { formatName, fittings }: ScanState,
): void {
  const lines = linesIn - blank;
  const share = strange / lines;
  if (lines < FEW_LINES || share <= MOST_UNKNOWN) return;
  throw new UserError(
    `${Math.round(share * 100)} % of the ${count(lines)} lines ${what} ${bundle}, which learnt ${formatName} ` +
      `lines of ${fittings[0].files.join(', ')}. Is it the right bundle?`,
    { next: 'logbert fit FILE' },
  );
}

/** Share of the kinds of lines that were learnt. */
function knownKinds({ template }: Events): number {
  const kinds = [...new Set(template)];
  const known = kinds.filter((kind) => originOf(kind) !== FRESH && originOf(kind) !== FRESH_ODD);
  return known.length / kinds.length;
}
