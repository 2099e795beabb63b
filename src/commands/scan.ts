import { Args, Flags } from '@oclif/core';
import { FINDING_FLAGS, FindingCommand } from '../terminal/findingCommand.js';
import { settingFlags } from '../terminal/flags.js';
import { DEFAULT_BUNDLE } from '../terminal/logCommand.js';
import { countFrom } from '../terminal/numbers.js';

export default class Scan extends FindingCommand {
  static override summary = 'Tell what in a log is unlike what was learnt.';
  static override description =
    `Reads files, folders, patterns, or stdin as -. Findings come ranked by surprise, in bits: one more bit, half as likely. What has one cause is one finding.
Exit code 3: there is a finding of the level that --fail-on names, or above.`;
  static override examples = [
    '<%= config.bin %> <%= command.id %> today.log',
    '<%= config.bin %> <%= command.id %> today.log --bundle app.zip --html findings.html',
    { description: 'In a script', command: '<%= config.bin %> <%= command.id %> - --json --fail-on high < today.log' },
  ];
  static override args = { file: Args.string({ description: 'Logs to scan; - is stdin.' }) };
  static override strict = false;
  static override flags = {
    bundle: Flags.string({ helpValue: '<file>', summary: 'What logbert fit wrote.', default: DEFAULT_BUNDLE }),
    ...settingFlags('year'),
    ...FINDING_FLAGS,
  };

  async run() {
    const { argv, flags } = await this.parse(Scan);
    const options = {
      files: argv as string[],
      bundle: flags.bundle,
      context: countFrom('--context', flags.context),
      top: countFrom('--top', flags.top),
    };
    const summary = await this.withSettings(flags, async (settings, progress) => {
      const { scanLogs } = await import('../scan/scan.js');
      return scanLogs({ ...options, year: settings.input.year }, progress);
    });
    await this.tell(summary, flags);
    return summary;
  }
}
