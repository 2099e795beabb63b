import { BaseCommand } from '../terminal/baseCommand.js';

export default class Vocab extends BaseCommand {
  static override summary = 'Build the vocabulary of event keys from the training sessions.';
  static override description = 'Tells its size, and which templates of the test part it has never seen.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --run output/hdfs',
    '<%= config.bin %> <%= command.id %> --run output/hdfs --json',
  ];

  async run() {
    const { flags } = await this.parse(Vocab);
    return this.stage('vocab', flags);
  }
}
