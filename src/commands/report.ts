import { Args } from '@oclif/core';
import { LogCommand } from '../terminal/logCommand.js';

export default class Report extends LogCommand {
  static override summary = 'Tell what a bundle has learnt, and what was accepted by whom and when.';
  static override examples = ['<%= config.bin %> <%= command.id %> logbert-bundle.zip'];
  static override args = { bundle: Args.string({ description: 'What logbert fit wrote.', required: true }) };

  async run() {
    const { args } = await this.parse(Report);
    const [{ reportBundle }, { bundleLines }] = await Promise.all([
      import('../scan/accept.js'),
      import('../terminal/bundleLines.js'),
    ]);
    const report = await reportBundle(args.bundle);
    for (const line of bundleLines(report, this.width)) this.log(line);
    return report;
  }
}
