import { Args } from '@oclif/core';
import { FINDING_FLAGS, FindingCommand } from '../terminal/findingCommand.js';
import { settingFlags } from '../terminal/flags.js';
import { countFrom } from '../terminal/numbers.js';

export default class Diff extends FindingCommand {
  static override summary = "Tell what a failing run's log holds that good runs' logs never showed.";
  static override description = 'Needs no bundle. Of several logs the last is the bad one; stdin is -.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> good-build.log bad-build.log',
    '<%= config.bin %> <%= command.id %> good/*.log bad.log --html why.html --fail-on high',
  ];
  static override args = {
    good: Args.string({ description: 'Log of a good run, or several.', required: true }),
    bad: Args.string({ description: 'Log of the bad run.', required: true }),
  };
  static override strict = false;
  static override flags = {
    ...settingFlags('format', 'year'),
    ...FINDING_FLAGS,
  };

  async run() {
    const { argv, flags } = await this.parse(Diff);
    const files = argv as string[];
    const options = {
      good: files.slice(0, -1),
      bad: files.slice(-1),
      context: countFrom('--context', flags.context),
      top: countFrom('--top', flags.top),
    };
    const summary = await this.withSettings(flags, async (settings, progress) => {
      const { diffLogs } = await import('../scan/diff.js');
      return diffLogs(settings, options, progress);
    });
    await this.tell(summary, flags);
    return summary;
  }
}
