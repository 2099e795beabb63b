import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../terminal/baseCommand.js';
import { templateLines } from '../../terminal/templates.js';

export default class Templates extends BaseCommand {
  static override summary = 'List the templates of a run, with counts.';
  static override description =
    'RUN is a run folder, a parser.json or a snapshot of Drain3. Merged templates are counted with the one they belong to.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> output/hdfs',
    '<%= config.bin %> <%= command.id %> output/hdfs --search exception --examples',
  ];
  static override baseFlags = {} as typeof BaseCommand.baseFlags;
  static override args = { run: Args.string({ description: 'Run folder or parser.', default: 'output/run' }) };
  static override flags = {
    search: Flags.string({ char: 's', summary: 'Show those whose text or name holds this.', helpValue: '<text>' }),
    examples: Flags.boolean({ summary: 'Show up to three raw lines of each, with file and line.' }),
  };

  async run() {
    const { args, flags } = await this.parse(Templates);
    const { listTemplates } = await import('../../parse/drain/templates.js');
    const templates = await listTemplates(args.run, flags);
    for (const line of templateLines(templates)) this.log(line);
    return { templates };
  }
}
