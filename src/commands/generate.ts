import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../terminal/baseCommand.js';
import { numberFrom } from '../terminal/numbers.js';
import { grouped } from '../terminal/text.js';

export default class Generate extends BaseCommand {
  static override summary = 'Write an HDFS-like log with labels, to try things out.';
  static override description =
    'Life cycles of blocks, interleaved, with missing, extra, out-of-order and unseen events in the abnormal ones. Equal seeds give equal bytes.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> example.log --sessions 2000',
    '<%= config.bin %> <%= command.id %> big.log.gz --sessions 100000 --seed 7',
  ];
  static override args = { log: Args.string({ description: 'Log file to write.', required: true }) };
  static override flags = {
    labels: Flags.string({ summary: 'Label file; default the log with _label.csv.', helpValue: '<file>' }),
    sessions: Flags.string({ summary: 'Number of blocks.', helpValue: '<n>', default: '2000' }),
    'anomaly-rate': Flags.string({ summary: 'Share of abnormal blocks.', helpValue: '<0..1>', default: '0.03' }),
  };

  async run() {
    const { args, flags } = await this.parse(Generate);
    const sessions = numberFrom(
      '--sessions',
      flags.sessions,
      (n) => Number.isInteger(n) && n > 0,
      'a whole number above 0',
    );
    const anomalyRate = numberFrom(
      '--anomaly-rate',
      flags['anomaly-rate'],
      (n) => n >= 0 && n <= 1,
      'a number from 0 to 1',
    );
    const { labels: _labels, ...settingsFlags } = flags;
    const { seed } = await this.settings(settingsFlags);
    const labels = flags.labels ?? `${args.log.replace(/\.\w+$/, '')}_label.csv`;
    const { generateLog } = await import('../data/generate.js');
    const summary = await generateLog({ sessions, anomalyRate, seed, log: args.log, labels });
    this.log(`${args.log}: ${grouped(sessions)} sessions; labels in ${labels}`);
    return summary;
  }
}
