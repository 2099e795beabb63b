import type { FitSummary } from '../scan/fit.js';
import { accountText } from './findings.js';
import { pairs } from './table.js';
import { duration, grouped, neutral, rate, wrapped } from './text.js';

/** Column in which the values begin. */
const VALUES = 'threshold  '.length;

/** What was learnt, for a person. */
export function fitLines(summary: FitSummary, width: number): string[] {
  const { bundle, format, confidence, account, templates, newTemplates, sessions, first, last, threshold, seconds } =
    summary;
  const { linesIn, blank, rejected } = account;
  const share = (n: number) => `${((100 * n) / Math.max(1, linesIn - blank)).toFixed(1)} %`;
  const found = confidence === undefined ? '' : `, on at least ${Math.floor(confidence * 100)} % of the first lines`;
  const lines = pairs([
    ['lines', accountText(account)],
    [
      'format',
      format === 'plain' ? 'plain: no header that is known' : `${format}${found}; ${share(rejected)} rejected`,
    ],
    ['span', first === null ? 'the lines give no time' : `${first} to ${last}`],
    ['templates', `${grouped(templates)}${newTemplates === templates ? '' : `, ${grouped(newTemplates)} of them new`}`],
    ['sessions', `${summary.sessionCount > 0 ? `${grouped(summary.sessionCount)}; ` : ''}${sessions.why}`],
    ['learnt', 'templates, values, order, repetitions, counts, silences, sessions; count vectors'],
    ['model', summary.order],
    ['budget', budgetText(summary)],
    ['threshold', `${threshold.bits.toFixed(1)} bits: ${threshold.rule}`],
    ['bundle', bundle],
  ]);
  const head = `Learnt from ${grouped(linesIn)} lines in ${duration(seconds)}, ${rate(linesIn / seconds)}`;
  const next = `Next: logbert scan FILE --bundle ${bundle}`;
  return [head, ...lines, next].flatMap((line) => wrapped(neutral(line), width, VALUES));
}

/** What was spent, and what there was no time for. */
function budgetText({ seconds, budget, linesRead }: FitSummary): string {
  if (budget === undefined) return `none; ${duration(seconds)} spent`;
  const spent = `${duration(seconds)} of ${duration(budget)} spent`;
  if (linesRead === undefined) return `${spent}; every line was read`;
  return `${spent}; left out is what comes behind the first ${grouped(linesRead)} lines`;
}
