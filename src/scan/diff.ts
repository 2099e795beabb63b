import type { Settings } from '../config/schema.js';
import { UsageError } from '../error.js';
import { inputFormat } from '../parse/formats/inputFormat.js';
import { STDIN } from '../parse/input/source.js';
import type { Progress } from '../progress.js';
import { describeCauses } from './describe.js';
import { numbersOf } from './group.js';
import { openInputs } from './inputs.js';
import { unseenCauses } from './judge.js';
import { learnTemplates } from './learning.js';
import { type LineAccount, viewLog } from './logReader.js';
import { pass, passOf } from './pass.js';
import { learnProfile } from './profile.js';
import type { FindingReport } from './report.js';
import type { SessionCounts } from './rules/sessions.js';
import { namesOf, requireLines } from './someLines.js';
import { timesOf } from './times.js';
import { inYear } from './year.js';

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

/**
 * What the bad log holds that the good logs never showed.
 * @throws UserError when a log can't be read or holds no line
 */
export async function diffLogs(settings: Settings, options: DiffOptions, progress: Progress): Promise<DiffSummary> {
  const started = performance.now();
  if (options.good.includes(STDIN) && options.bad.includes(STDIN))
    throw new UsageError('Standard input can be read only once.');
  const good = await openInputs(options.good, settings.parse);
  const bad = await openInputs(options.bad, settings.parse);
  try {
    const { name, ...found } = await inputFormat(settings, good.logs);
    const { year } = settings.input;
    const format = await inYear(found.format, good.logs, year);
    const how = passOf(settings.parse, progress);
    const learnt = await pass('Learn templates', good.logs, how, (reading) =>
      learnTemplates(good.logs, format, settings, reading),
    );
    const goodView = await pass('Read the good log', good.logs, how, (reading) => viewLog(good.logs, learnt, reading));
    requireLines(goodView, good.logs);
    const profile = learnProfile(goodView.events, { from: 0, to: goodView.events.rows });
    // A bad run isn't the sequel of a good one: its sessions are its own, though their ids may be the same.
    (profile.rules.sessions as SessionCounts).open = {};
    const badReading = { ...learnt, format: await inYear(format, bad.logs, year) };
    const badView = await pass('Read the bad log', bad.logs, how, (reading) => viewLog(bad.logs, badReading, reading));
    requireLines(badView, bad.logs);
    const causes = unseenCauses(badView, profile).filter(({ score }) => score >= LEAST);
    const findings = await pass('Look up the lines', bad.logs, how, (reading) =>
      describeCauses(causes.slice(0, options.top), badView, bad.logs, { ...reading, context: options.context }),
    );
    const seconds = (performance.now() - started) / 1000;
    const title = `${namesOf(bad.logs)} against ${namesOf(good.logs)}`;
    const { account, events } = badView;
    const times = timesOf(events);
    return {
      title,
      format: name,
      good: goodView.account,
      account,
      ...times,
      findings,
      ...numbersOf(causes),
      accepted: 0,
      seconds,
    };
  } finally {
    await Promise.all([good.close(), bad.close()]);
  }
}
