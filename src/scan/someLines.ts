import { UserError } from '../error.js';
import { count, type LogFile } from '../parse/input/logFiles.js';
import { named } from '../parse/input/source.js';
import type { LogView } from './logReader.js';

/** @throws UserError when there is nothing to learn from, or to judge */
export function requireLines({ events, account }: LogView, logs: readonly LogFile[]): void {
  if (events.rows > 0) return;
  const names = namesOf(logs);
  if (account.linesIn === 0) throw new UserError(`${names} is empty.`);
  if (account.outside === 0) throw new UserError(`${names} has only blank lines.`);
  throw new UserError(
    `None of the ${count(account.outside)} lines of ${names} is left by --since, --until and --labels.`,
  );
}

/** How messages name logs. */
export function namesOf(logs: readonly LogFile[]): string {
  return logs.map(({ name }) => named(name)).join(', ');
}
