import { UserError } from '../error.js';
import { count } from '../parse/input/logFiles.js';
import type { LineAccount } from './logReader.js';
import type { ScanState } from './scanBundle.js';

/** Share of lines that match nothing learnt, from which on the bundle is another log's. */
const MOST_UNKNOWN = 0.8;
/** Fewer lines say nothing of the bundle. */
const FEW_LINES = 20;

/** @throws UserError when nearly all lines are none that the bundle knows, or aren't even of its format */
export function requireRightBundle(
  { linesIn, blank, rejected, unknown }: LineAccount,
  bundle: string,
  state: ScanState,
): void {
  const lines = linesIn - blank;
  const share = (rejected + unknown) / lines;
  if (lines < FEW_LINES || share <= MOST_UNKNOWN) return;
  throw new UserError(
    `${Math.round(share * 100)} % of the ${count(lines)} lines are unknown to ${bundle}, which learnt ${state.formatName} ` +
      `lines of ${state.fittings[0].files.join(', ')}. Is it the right bundle?`,
    { next: 'logbert fit FILE' },
  );
}
