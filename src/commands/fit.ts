import { Args, Flags } from '@oclif/core';
import type { BudgetOption } from '../scan/budget.js';
import { settingFlags } from '../terminal/flags.js';
import { DEFAULT_BUNDLE, LogCommand } from '../terminal/logCommand.js';
import { countFrom, numberFrom, secondsFrom } from '../terminal/numbers.js';

export default class Fit extends LogCommand {
  static override summary = 'Learn what is usual in your own logs, without labels.';
  static override description =
    `Reads files, folders, patterns such as "logs/*.gz", or stdin as -, in this order and as one log. Finds the line format, learns templates, guesses how lines belong together and how often what happens, and writes it all as one file for logbert scan.
Anomalies that the log holds are learnt as usual if they are frequent in it.`;
  static override examples = [
    '<%= config.bin %> <%= command.id %> /var/log/app',
    {
      description: 'Learn more normal lines',
      command: '<%= config.bin %> <%= command.id %> --update logbert-bundle.zip new.log',
    },
    {
      description: 'Say what ties lines together',
      command: "<%= config.bin %> <%= command.id %> app.log --session-id 'request=(\\w+)' --bundle app.zip",
    },
  ];
  static override args = { file: Args.string({ description: 'Logs to learn from; - is stdin.' }) };
  static override strict = false;
  static override flags = {
    bundle: Flags.string({ helpValue: '<file>', summary: 'Bundle to write.', default: DEFAULT_BUNDLE }),
    update: Flags.string({
      helpValue: '<file>',
      summary: 'Bundle to learn on from, in place; templates keep their ids.',
      exclusive: ['bundle', 'format', 'year', 'session-id', 'session-field', 'window'],
    }),
    ...settingFlags('format', 'year', 'session-id'),
    'session-field': Flags.string({
      helpValue: '<name>',
      summary: 'Field of the lines (JSON, logfmt) that is the session id.',
      exclusive: ['session-id'],
    }),
    window: Flags.string({
      helpValue: '<lines>',
      summary: 'Cut the log into windows of lines; look for no session id.',
      exclusive: ['session-id', 'session-field'],
    }),
    since: Flags.string({ helpValue: '<time>', summary: 'Learn from lines of this time on (ISO 8601, UTC).' }),
    until: Flags.string({ helpValue: '<time>', summary: 'Learn from lines before this time.' }),
    budget: Flags.string({
      helpValue: '<span>|none',
      summary:
        'Time that all may take; by default 2m, and less for a small log. none: every line is read, and no sequence model is trained.',
    }),
    labels: Flags.string({
      helpValue: '<file>',
      summary: 'Lines or spans of time known to be bad, left out of what is learnt.',
    }),
    'alarms-per-day': Flags.string({ helpValue: '<n>', summary: 'Findings a day that normal lines may give.' }),
    quantile: Flags.string({
      helpValue: '<0..1>',
      summary: 'Share of what normal lines give that is left out.',
      exclusive: ['alarms-per-day'],
    }),
  };

  async run() {
    const { argv, flags } = await this.parse(Fit);
    const { bundle, update, window, since, until, labels } = flags;
    const alarms = flags['alarms-per-day'];
    const [{ fitLogs }, { fitLines }] = await Promise.all([
      import('../scan/fit.js'),
      import('../terminal/fitLines.js'),
    ]);
    const options = {
      files: argv as string[],
      bundle,
      update,
      since,
      until,
      labels,
      sessionField: flags['session-field'],
      budget: budgetFrom(flags.budget),
      windowLines: window === undefined ? undefined : countFrom('--window', window),
      alarmsPerDay:
        alarms === undefined ? undefined : numberFrom('--alarms-per-day', alarms, (n) => n >= 0, 'a number from 0 on'),
      quantile:
        flags.quantile === undefined
          ? undefined
          : numberFrom('--quantile', flags.quantile, (n) => n > 0 && n <= 1, 'a number above 0, at most 1'),
    };
    return this.withSettings(
      {
        ...flags,
        window: undefined,
        'session-field': undefined,
        labels: undefined,
        quantile: undefined,
        budget: undefined,
      },
      async (settings, progress) => {
        const summary = await fitLogs(settings, options, progress);
        progress.stop();
        for (const line of fitLines(summary, this.width)) this.log(line);
        return summary;
      },
    );
  }
}

function budgetFrom(text: string | undefined): BudgetOption | undefined {
  if (text === undefined) return 'auto';
  return text === 'none' ? undefined : secondsFrom('--budget', text);
}
