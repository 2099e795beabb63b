import type { Settings } from '../config/schema.js';
import { inputFormat } from '../parse/inputFormat.js';
import type { Progress } from '../progress.js';
import { describeCauses } from './describe.js';
import { openInputs } from './inputs.js';
import { judgeView } from './judge.js';
import { learnTemplates } from './learning.js';
import { type LineAccount, viewLog } from './logReader.js';
import { learnProfile } from './profile.js';
import type { FindingReport } from './report.js';
import { timesOf } from './times.js';

export interface DiffOptions {
  good: readonly string[];
  bad: readonly string[];
  /** Lines before and behind each line shown. */
  context: number;
  /** Most findings to tell. */
  top: number;
}

export interface DiffSummary extends FindingReport {
  /** Account of the good logs. */
  good: LineAccount;
}

/** Bits below which a difference is chance. */
const LEAST = 4;

/** What the bad log holds that the good logs never showed. */
export async function diffLogs(settings: Settings, options: DiffOptions, progress: Progress): Promise<DiffSummary> {
  const started = performance.now();
  const good = await openInputs(options.good);
  const bad = await openInputs(options.bad);
  try {
    const { name, format } = await inputFormat(settings, good.logs);
    const reading = (label: string) => ({ maxLineBytes: settings.parse.maxLineBytes, task: progress.task(label) });
    const learnt = await learnTemplates(good.logs, format, settings.drain, reading('Learn templates'));
    const goodView = await viewLog(good.logs, learnt, reading('Read the good log'));
    const profile = learnProfile(goodView.events, { from: 0, to: goodView.events.rows });
    const badView = await viewLog(bad.logs, learnt, reading('Read the bad log'));
    const causes = judgeView(badView, profile).filter(({ score }) => score >= LEAST);
    const shown = causes.slice(0, options.top);
    const lines = { ...reading('Look up the lines'), context: options.context };
    const findings = await describeCauses(shown, badView, bad.logs, lines);
    const seconds = (performance.now() - started) / 1000;
    const title = `${options.bad.join(', ')} against ${options.good.join(', ')}`;
    const { account, events } = badView;
    const times = timesOf(events);
    return {
      title,
      format: name,
      good: goodView.account,
      account,
      ...times,
      findings,
      all: causes.length,
      accepted: 0,
      seconds,
    };
  } finally {
    await Promise.all([good.close(), bad.close()]);
  }
}
