import { Args } from '@oclif/core';
import { BaseCommand } from '../../terminal/baseCommand.js';
import { diffLines } from '../../terminal/templates.js';

export default class TemplatesDiff extends BaseCommand {
  static override summary = 'Compare the templates of two runs or parsers.';
  static override examples = ['<%= config.bin %> <%= command.id %> output/monday output/tuesday'];
  static override baseFlags = {} as typeof BaseCommand.baseFlags;
  static override args = {
    a: Args.string({ description: 'Run folder or parser.', required: true }),
    b: Args.string({ description: 'The one to compare with.', required: true }),
  };

  async run() {
    const { args } = await this.parse(TemplatesDiff);
    const { diffTemplates } = await import('../../parse/drain/templates.js');
    const diff = await diffTemplates(args.a, args.b);
    for (const line of diffLines(diff)) this.log(line);
    return diff;
  }
}
