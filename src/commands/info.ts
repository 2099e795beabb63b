import { BaseCommand } from '../terminal/baseCommand.js';
import { settingFlags, settingsFrom } from '../terminal/flags.js';

export default class Info extends BaseCommand {
  static override summary = 'Show versions and the engine, and what a run holds.';
  static override description = 'With --run: each artefact, whether it is fresh, and the command to run next.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --run output/hdfs',
  ];
  static override baseFlags = {} as typeof BaseCommand.baseFlags;
  static override flags = settingFlags('run');

  async run() {
    const { flags } = await this.parse(Info);
    const { describeInstallation, describeRun } = await import('../run/info.js');
    const { infoLines } = await import('../terminal/info.js');
    const { loadSettings } = await import('../config/settings.js');
    // A wrong setting or variable is told here too; what a run remembers isn't asked, so that any run can be looked at.
    await loadSettings({ flags: settingsFrom(flags) });
    const dir = flags.run as string | undefined;
    const info = { ...(await describeInstallation()), run: dir === undefined ? undefined : await describeRun(dir) };
    for (const line of infoLines(info)) this.log(line);
    return info;
  }
}
