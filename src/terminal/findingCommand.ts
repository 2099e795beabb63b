import { Flags } from '@oclif/core';
import { LEVELS, type Level } from '../scan/finding.js';
import type { FindingReport } from '../scan/report.js';
import { LogCommand } from './logCommand.js';

/** Exit code of a command that found what `--fail-on` names. */
const FOUND = 3;

/** Flags of the commands that tell findings. */
export const FINDING_FLAGS = {
  context: Flags.string({ helpValue: '<n>', summary: 'Lines around each line shown.', default: '0' }),
  top: Flags.string({ helpValue: '<n>', summary: 'Most findings to tell.', default: '30' }),
  csv: Flags.boolean({ summary: 'Print a CSV with a row for each finding.' }),
  html: Flags.string({ helpValue: '<file>', summary: 'Write a page that needs no other file.' }),
  'fail-on': Flags.option({ options: LEVELS, summary: 'Exit with code 3 if there is a finding of this level.' })(),
  pager: Flags.boolean({ summary: 'Show long output in a pager.', default: true, allowNo: true }),
};

interface FindingFlags {
  csv?: boolean;
  html?: string;
  'fail-on'?: string;
  pager?: boolean;
}

/** Commands that tell findings: on the terminal, as CSV, as a page, and by their exit code. */
export abstract class FindingCommand extends LogCommand {
  protected async tell(report: FindingReport, parsed: Record<string, unknown>): Promise<void> {
    const flags = parsed as FindingFlags;
    const { findingsText, findingsCsv } = await import('./findings.js');
    if (flags.html !== undefined) await (await import('../scan/page.js')).writePage(flags.html, report);
    if (flags.csv) for (const row of findingsCsv(report.findings, process.stdout.isTTY === true)) this.log(row);
    else await this.show(findingsText(report, this.width, this.paint), flags.pager ?? true);
    const least = LEVELS.indexOf(flags['fail-on'] as Level);
    if (least >= 0 && LEVELS.slice(least).some((level) => report.levels[level] > 0)) process.exitCode = FOUND;
  }
}
