import { Args } from '@oclif/core';
import { BaseCommand } from '../../terminal/baseCommand.js';
import { templateId, templateLines } from '../../terminal/templates.js';

export default class TemplatesRename extends BaseCommand {
  static override summary = 'Give a template a name.';
  static override description = "The name is kept in the run's parser; an empty one takes it away.";
  static override examples = ['<%= config.bin %> <%= command.id %> output/hdfs 3 "block served"'];
  static override baseFlags = {} as typeof BaseCommand.baseFlags;
  static override args = {
    run: Args.string({ description: 'Run folder.', required: true }),
    id: Args.string({ description: 'Id of the template.', required: true }),
    name: Args.string({ description: 'Its name.', required: true }),
  };

  async run() {
    const { args } = await this.parse(TemplatesRename);
    const { renameTemplate } = await import('../../parse/drain/templates.js');
    const template = await renameTemplate(args.run, templateId(args.id), args.name);
    for (const line of templateLines([template])) this.log(line);
    return template;
  }
}
