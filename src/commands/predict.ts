import { BaseCommand } from '../terminal/baseCommand.js';
import { settingFlags } from '../terminal/flags.js';

export default class Predict extends BaseCommand {
  static override summary = 'Score each session and event with the trained model.';
  static override description = 'Masks depend on seed, length and round alone, so that scores depend on nothing else.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --run output/hdfs',
    '<%= config.bin %> <%= command.id %> --run output/hdfs --rounds 10 --score misses',
  ];
  static override flags = settingFlags('rounds', 'score', 'engine', 'threads');

  async run() {
    const { flags } = await this.parse(Predict);
    return this.stage('predict', flags);
  }
}
