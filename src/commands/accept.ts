import { Args, Flags } from '@oclif/core';
import { LogCommand } from '../terminal/logCommand.js';
import { neutral } from '../terminal/text.js';

export default class Accept extends LogCommand {
  static override summary = 'Record a finding as normal, so that it does not come back.';
  static override description =
    'The finding is named by the id that logbert scan shows; logbert report tells who accepted what and when.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> logbert-bundle.zip 3f2a9c01d4e8 --note "nightly backup"',
  ];
  static override args = {
    bundle: Args.string({ description: 'What logbert fit wrote.', required: true }),
    finding: Args.string({ description: 'Id of a finding.', required: true }),
  };
  static override flags = {
    note: Flags.string({ helpValue: '<text>', summary: 'Why it is normal.', default: '' }),
    by: Flags.string({ helpValue: '<name>', summary: 'Who says so; default: the user.' }),
  };

  async run() {
    const { args, flags } = await this.parse(Accept);
    const [{ acceptFinding }, { acceptedText }] = await Promise.all([
      import('../scan/accept.js'),
      import('../terminal/bundleLines.js'),
    ]);
    const accepted = await acceptFinding({ ...args, note: flags.note, by: flags.by });
    this.log(neutral(`Accepted ${accepted.id}, ${acceptedText(accepted)}: it will not be told again.`));
    return accepted;
  }
}
