import type { Progress } from '../progress.js';
import { describeCauses } from './describe.js';
import type { Finding } from './finding.js';
import { chooseFormat } from './format.js';
import { openInputs } from './inputs.js';
import { learnTemplates } from './learning.js';
import { type LineAccount, viewLog } from './logReader.js';
import { judgeView } from './judge.js';
import { learnProfile } from './profile.js';

export interface DiffOptions {
  good: string[];
  bad: string[];
  /** Lines around each line shown. */
  context: number;
  /** Findings to tell. */
  top: number;
  /** Name of a line format, or auto. */
  format: string;
}

export interface DiffSummary {
  format: string;
  good: LineAccount;
  bad: LineAccount;
  findings: Finding[];
  /** Findings there are in all. */
  all: number;
  seconds: number;
}

const DRAIN = { depth: 4, similarity: 0.5, maxChildren: 100 };
const MAX_LINE_BYTES = 1 << 20;
/** Bits below which a difference is chance. */
const LEAST = 4;

/** What the bad log holds that the good logs never showed. */
export async function diffLogs(options: DiffOptions, progress: Progress): Promise<DiffSummary> {
  const started = performance.now();
  const good = await openInputs(options.good);
  const bad = await openInputs(options.bad);
  const format = await chooseFormat(good.logs, options.format);
  const reading = (label: string) => ({ maxLineBytes: MAX_LINE_BYTES, task: progress.task(label, undefined) });
  const learnt = await learnTemplates(good.logs, format.format, DRAIN, reading('Learn'));
  const goodView = await viewLog(good.logs, learnt, reading('Read the good log'));
  const profile = learnProfile(goodView.events, { from: 0, to: goodView.events.rows });
  const badView = await viewLog(bad.logs, learnt, reading('Read the bad log'));
  const causes = judgeView(badView, profile).filter(({ score }) => score >= LEAST);
  const shown = causes.slice(0, options.top);
  const findings = await describeCauses(shown, badView, bad.logs, {
    ...reading('Look up the lines'),
    context: options.context,
  });
  const seconds = (performance.now() - started) / 1000;
  return { format: format.name, good: goodView.account, bad: badView.account, findings, all: causes.length, seconds };
}
