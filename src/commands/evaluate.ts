import { BaseCommand } from '../terminal/baseCommand.js';
import { settingFlags } from '../terminal/flags.js';

export default class Evaluate extends BaseCommand {
  static override summary = 'Choose the threshold, count, and write result.json and report.html.';
  static override description =
    'Under the strict protocol the threshold is a quantile of validation scores and sees no label; under the paper protocol it is the best one on the test labels, and is called so.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --run output/hdfs',
    {
      description: "Evaluate another program's scores on the same sessions",
      command: '<%= config.bin %> <%= command.id %> --run output/hdfs --scores theirs.csv',
    },
  ];
  static override flags = settingFlags('protocol', 'threshold', 'quantile', 'delays', 'scores', 'min-length');

  async run() {
    const { flags } = await this.parse(Evaluate);
    return this.stage('evaluate', flags);
  }
}
