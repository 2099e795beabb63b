import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../terminal/baseCommand.js';
import { settingFlags } from '../terminal/flags.js';

export default class Run extends BaseCommand {
  static override summary = 'Run all stages, from raw log to report.';
  static override description =
    'Stages whose results are up to date are skipped. After an interruption the same command goes on.';
  static override examples = [
    {
      description: 'A whole experiment',
      command: '<%= config.bin %> <%= command.id %> my.yaml',
    },
    {
      description: 'The same with another split, into another folder',
      command: '<%= config.bin %> <%= command.id %> my.yaml --train-fraction 0.6 --run output/sixty',
    },
  ];
  static override args = { config: Args.string({ description: 'YAML file with settings, as --config.' }) };
  static override flags = {
    ...settingFlags(
      'labels',
      'protocol',
      'train-fraction',
      'epochs',
      'engine',
      'threads',
      'on-engine-failure',
      'quantile',
      'min-length',
    ),
    force: Flags.boolean({ summary: 'Run stages again that are up to date.' }),
  };

  async run() {
    const { args, flags } = await this.parse(Run);
    return this.pipeline({ ...flags, config: args.config ?? flags.config }, { force: flags.force });
  }
}
