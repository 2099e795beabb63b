import { Flags } from '@oclif/core';
import { UsageError } from '../error.js';
import { BaseCommand } from '../terminal/baseCommand.js';
import { settingFlags } from '../terminal/flags.js';

export default class Sessions extends BaseCommand {
  static override summary = 'Group events into sessions, join labels and split.';
  static override description =
    'A line that names two sessions belongs to both. With --from-keys the sessions come from key files, which are the split.';
  static override examples = [
    {
      description: 'Sessions of a parsed log',
      command: '<%= config.bin %> <%= command.id %> --run output/hdfs --labels anomaly_label.csv',
    },
    {
      description: 'Sessions from key files, one session a line',
      command:
        '<%= config.bin %> <%= command.id %> --run output/keys --from-keys --train-keys train.gz --test-normal normal.gz --test-abnormal abnormal.gz',
    },
    {
      description: 'Windows of five minutes on each node, a minute apart',
      command: '<%= config.bin %> <%= command.id %> --run output/bgl --window time --length 5m --step 1m --by node',
    },
    {
      description: 'Count windows from a file of one "label key" a line',
      command:
        '<%= config.bin %> <%= command.id %> --run output/bgl --labelled-keys events.txt.gz --window count --length 20',
    },
  ];
  static override flags = {
    ...settingFlags('labels', 'protocol', 'train-fraction', 'window', 'by', 'length', 'step'),
    ...settingFlags('train-keys', 'test-normal', 'test-abnormal', 'labelled-keys'),
    'from-keys': Flags.boolean({ summary: 'Read key files, one session a line, in place of parsed events.' }),
  };

  async run() {
    const { flags } = await this.parse(Sessions);
    const files = flags['train-keys'] ?? flags['labelled-keys'];
    const fromKeys = flags['from-keys'] || files !== undefined;
    if (flags['from-keys'] && !flags['train-keys'] && !(await this.settings(flags)).input.keys) {
      throw new UsageError('--from-keys needs key files, but none are given.', {
        next: 'logbert sessions --from-keys --train-keys FILE --test-normal FILE --test-abnormal FILE',
      });
    }
    return this.stage('sessions', flags, { create: fromKeys });
  }
}
