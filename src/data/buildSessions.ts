import { partOf } from '../config/parts.js';
import type { Settings } from '../config/schema.js';
import { UsageError } from '../error.js';
import type { Progress } from '../progress.js';
import type { RunFolder } from '../run/folder.js';
import { contaminate } from './contamination.js';
import { type KeyFiles, readKeyFiles } from './keyFiles.js';
import { readLabelledKeys } from './labelledKeys.js';
import { readLogSessions } from './logSessions.js';
import { type Sessions, saveSessions } from './sessions.js';
import { countSessions, type SessionsSummary } from './summary.js';

export type { SessionsSummary } from './summary.js';

/**
 * Makes sessions.parquet and sequences.parquet, from the parsed events of the run or from key files.
 * @throws UserError when labels, key files or the parsed log can't be used
 */
export async function buildSessions(settings: Settings, run: RunFolder, progress: Progress): Promise<SessionsSummary> {
  const summary = await summaryOf(settings, run, progress);
  for (const line of remarks(summary, settings)) progress.note(line);
  return summary;
}

async function summaryOf(settings: Settings, run: RunFolder, progress: Progress): Promise<SessionsSummary> {
  const { keys, labelledKeys } = settings.input;
  if (keys && labelledKeys) {
    throw new UsageError('Both input.keys and input.labelledKeys are given; a run has one source of sessions.');
  }
  if (keys) return fromKeys(keys, settings, run, progress);
  return labelledKeys ? fromLabelledKeys(labelledKeys, settings, run, progress) : fromLog(settings, run, progress);
}

async function fromKeys(
  keys: KeyFiles,
  settings: Settings,
  run: RunFolder,
  progress: Progress,
): Promise<SessionsSummary> {
  const sessions = asTrained(await readKeyFiles(keys, settings.split.validationFraction, progress), settings);
  await saveSessions(run, sessions, { from: [], settings: partOf('sessions', settings) });
  return { source: 'keys', protocol: 'files', window: 'session', ...countSessions(sessions), unusedLabels: 0 };
}

async function fromLabelledKeys(
  files: readonly string[],
  settings: Settings,
  run: RunFolder,
  progress: Progress,
): Promise<SessionsSummary> {
  const sessions = asTrained(await readLabelledKeys(files, settings, progress), settings);
  await saveSessions(run, sessions, { from: [], settings: partOf('sessions', settings) });
  const { protocol } = settings.split;
  return { source: 'keys', protocol, window: 'count', ...countSessions(sessions), unusedLabels: 0 };
}

async function fromLog(settings: Settings, run: RunFolder, progress: Progress): Promise<SessionsSummary> {
  const { sessions: read, ...rest } = await readLogSessions(settings, run, progress);
  const sessions = asTrained(read, settings);
  await saveSessions(run, sessions, { from: ['events', 'ledger', 'parser'], settings: partOf('sessions', settings) });
  const { protocol } = settings.split;
  return { source: 'log', protocol, window: settings.sequences.window, ...countSessions(sessions), ...rest };
}

/** With the anomalies in the training part that the settings ask for. */
function asTrained(sessions: Sessions, { split, seed }: Settings): Sessions {
  const { contamination, validationFraction } = split;
  if (contamination === undefined) return sessions;
  return { ...sessions, splits: contaminate(sessions, contamination, validationFraction, seed) };
}

/** What a user should know before trusting figures that come of these sessions. */
function remarks({ splits, unusedLabels, sessions }: SessionsSummary, { input }: Settings): string[] {
  const { normal, anomalies } = splits.test;
  const unlabelled = Object.values(splits).reduce((sum, part) => sum + part.unlabelled, 0);
  const lines: string[] = [];
  if (unusedLabels > 0) lines.push(`${plural(unusedLabels, 'label')} of ${input.labels} name no session of this log.`);
  if (unlabelled === sessions) lines.push('No session has a label: scores can be made, but not evaluated.');
  else if (unlabelled > 0) lines.push(`${plural(unlabelled, 'session')} of ${count(sessions)} without a label.`);
  if (anomalies + normal > 0 && anomalies * normal === 0) {
    const only = anomalies === 0 ? 'normal' : 'abnormal';
    lines.push(`All labelled test sessions are ${only} (${count(anomalies + normal)}): F1 says nothing here.`);
  }
  const contaminating = splits.train.anomalies + splits.validation.anomalies;
  if (contaminating > 0) lines.push(`${plural(contaminating, 'abnormal session')} let into training and validation.`);
  if (splits.train.sessions === 0) lines.push('No session is left to train on: the training side holds no normal one.');
  return lines;
}

function plural(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
}

function count(n: number): string {
  return n.toLocaleString('en-US');
}
