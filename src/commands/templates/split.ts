import { Args } from '@oclif/core';
import { BaseCommand } from '../../terminal/baseCommand.js';
import { editedLines, templateId } from '../../terminal/templates.js';

export default class TemplatesSplit extends BaseCommand {
  static override summary = 'Take a merged template out again.';
  static override examples = ['<%= config.bin %> <%= command.id %> output/hdfs 7'];
  static override baseFlags = {} as typeof BaseCommand.baseFlags;
  static override args = {
    run: Args.string({ description: 'Run folder.', required: true }),
    id: Args.string({ description: 'Id of the template.', required: true }),
  };

  async run() {
    const { args } = await this.parse(TemplatesSplit);
    const { splitTemplate } = await import('../../parse/drain/templates.js');
    const template = await splitTemplate(args.run, templateId(args.id));
    for (const line of editedLines(template, args.run)) this.log(line);
    return template;
  }
}
