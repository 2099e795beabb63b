import { Args } from '@oclif/core';
import { UsageError } from '../../error.js';
import { BaseCommand } from '../../terminal/baseCommand.js';
import { editedLines, templateId } from '../../terminal/templates.js';

export default class TemplatesMerge extends BaseCommand {
  static override summary = 'Merge templates that mean the same into one.';
  static override description =
    "Their lines count as those of INTO from the stage sessions on, and wherever this run's parser is used. Ids stay.";
  static override examples = [
    {
      description: 'Templates 7 and 12 become part of 3',
      command: '<%= config.bin %> <%= command.id %> output/hdfs 3 7 12',
    },
  ];
  static override baseFlags = {} as typeof BaseCommand.baseFlags;
  static override strict = false;
  static override args = {
    run: Args.string({ description: 'Run folder.', required: true }),
    into: Args.string({ description: 'Id that stays.', required: true }),
    id: Args.string({ description: 'Ids that become part of it.', required: true }),
  };

  async run() {
    const { args, argv } = await this.parse(TemplatesMerge);
    const ids = (argv as string[]).slice(2).map(templateId);
    if (ids.length === 0) throw new UsageError('Name at least one template to merge.');
    const { mergeTemplates } = await import('../../parse/drain/templates.js');
    const template = await mergeTemplates(args.run, templateId(args.into), ids);
    for (const line of editedLines(template, args.run)) this.log(line);
    return template;
  }
}
