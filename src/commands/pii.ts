import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../terminal/baseCommand.js';
import { grouped } from '../terminal/text.js';

export default class Pii extends BaseCommand {
  static override summary = 'Mask personal data and secrets in a log.';
  static override description =
    'E-mail addresses, IP addresses, user names, secrets and card numbers become <EMAIL>, <IP>, <USER>, <SECRET> and <CARD>. The counts go to stderr. With --json nothing but the counts is printed.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> app.log.gz --out clean.log',
    'tail -f app.log | <%= config.bin %> <%= command.id %> -',
  ];
  static override baseFlags = {} as typeof BaseCommand.baseFlags;
  static override args = { file: Args.string({ description: 'Log, or - for stdin.', required: true }) };
  static override flags = {
    out: Flags.string({ char: 'o', summary: 'File to write; default stdout.', helpValue: '<file>' }),
  };

  async run() {
    const { args, flags } = await this.parse(Pii);
    const { maskFile } = await import('../parse/pii/maskFile.js');
    const counts = await maskFile(args.file, { out: flags.out, silent: this.jsonEnabled() });
    const told = Object.entries(counts).map(([kind, count]) => `${kind} ${grouped(count)}`);
    this.logToStderr(told.join(', '));
    return counts;
  }
}
