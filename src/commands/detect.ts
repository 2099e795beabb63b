import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../terminal/baseCommand.js';

export default class Detect extends BaseCommand {
  static override summary = "Show what a log's line format seems to be.";
  static override description =
    'Tries every known format on the first lines. The confidence is the lower end of the 95 % interval of the share of lines that have the format.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> app.log',
    {
      description: 'The decision on each line alone',
      command: '<%= config.bin %> <%= command.id %> mixed.log --lines --count 20',
    },
  ];
  static override baseFlags = {} as typeof BaseCommand.baseFlags;
  static override args = { file: Args.string({ description: 'Log file; - is stdin.', required: true }) };
  static override flags = {
    count: Flags.integer({ summary: 'Lines to look at.', default: 500, min: 1, helpValue: '<n>' }),
    lines: Flags.boolean({ summary: 'Show the decision on each line alone.' }),
  };

  async run() {
    const { args, flags } = await this.parse(Detect);
    const { detectFile } = await import('../parse/formats/detectFile.js');
    const { detectionLines } = await import('../terminal/detection.js');
    const detection = await detectFile(args.file, flags.count, { perLine: flags.lines });
    for (const line of detectionLines(detection)) this.log(line);
    return detection;
  }
}
