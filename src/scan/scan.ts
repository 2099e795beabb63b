import type { Progress } from '../progress.js';
import { describeCauses } from './describe.js';
import { type Cause, groupSightings, numbersOf } from './group.js';
import { openInputs } from './inputs.js';
import { contextOf } from './judge.js';
import { type LogView, viewLog } from './logReader.js';
import { pass, passOf } from './pass.js';
import { judgeEvents } from './profile.js';
import type { FindingReport } from './report.js';
import { requireRightBundle } from './rightBundle.js';
import type { SessionCounts } from './rules/sessions.js';
import { inYearOf, openScan, type ScanState } from './scanBundle.js';
import { unusualSessions } from './sessionModel.js';
import { namesOf, requireLines } from './someLines.js';
import { timesOf } from './times.js';
import { rememberTold } from './told.js';
import { unlikelySequences } from './unlikelySequences.js';

export interface ScanOptions {
  files: readonly string[];
  bundle: string;
  /** Lines before and behind each line shown. */
  context: number;
  /** Most findings to tell. */
  top: number;
  /** Year of the first line where times have none; that of the log unless told otherwise. */
  year?: number;
}

export interface ScanSummary extends FindingReport {
  bundle: string;
  threshold: { bits: number; rule: string };
}

/**
 * What a log shows that is unlike what the bundle learnt, the most surprising first.
 * @throws UserError when the log can't be read, or nearly all of its lines are unknown to the bundle
 */
export async function scanLogs(options: ScanOptions, progress: Progress): Promise<ScanSummary> {
  const started = performance.now();
  const known = await openScan(options.bundle);
  const inputs = await openInputs(options.files, { pii: known.pii, next: 'logbert scan FILE' });
  try {
    const state = await inYearOf(inputs.logs, known, options.year);
    const how = passOf(state, progress);
    const view = await pass('Read', inputs.logs, how, (reading) => viewLog(inputs.logs, state.reading, reading));
    requireLines(view, inputs.logs);
    requireRightBundle(view, options.bundle, state);
    const { told, accepted } = await findCauses(view, state);
    const findings = await pass('Look up the lines', inputs.logs, how, (reading) =>
      describeCauses(told.slice(0, options.top), view, inputs.logs, { ...reading, context: options.context }),
    );
    await rememberTold(options.bundle, findings);
    return {
      title: `${namesOf(inputs.logs)} against ${options.bundle}`,
      bundle: options.bundle,
      format: state.formatName,
      account: view.account,
      ...timesOf(view.events),
      threshold: state.threshold,
      findings,
      ...numbersOf(told),
      accepted,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    await inputs.close();
  }
}

/** Causes above the threshold that nobody accepted, and the number of those that somebody did. */
export async function findCauses(view: LogView, state: ScanState): Promise<{ told: Cause[]; accepted: number }> {
  const span = { from: 0, to: view.events.rows };
  const context = contextOf(view);
  const sightings = judgeEvents(view.events, span, state.profile, context);
  const { open } = state.profile.rules.sessions as SessionCounts;
  sightings.push(...(await unusualSessions(view.events, span, state.sessionModel, open)));
  if (state.orderModel) {
    sightings.push(...(await unlikelySequences(view.events, span, state.orderModel, open, context)));
  }
  const normal = new Set(state.accepted.map(({ id }) => id));
  const causes = groupSightings(sightings, view.events, context.text, state.profile.discounts);
  const above = causes.filter(({ score }) => score >= state.threshold.bits);
  const told = above.filter(({ id }) => !normal.has(id));
  return { told, accepted: above.length - told.length };
}
