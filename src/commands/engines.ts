import { Args, Flags } from '@oclif/core';
import { ENGINE_NAMES, type EngineName } from '../engine/engine.js';
import { BaseCommand } from '../terminal/baseCommand.js';
import { settingFlags } from '../terminal/flags.js';

export default class Engines extends BaseCommand {
  static override summary = 'Show what can run a model here, and how fast.';
  static override description =
    'Each engine is tried in a process of its own. --bench trains a feed-forward block of a transformer (768 x 256 x 512) on each for two seconds.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --bench',
    '<%= config.bin %> <%= command.id %> tfjs-node --json',
  ];
  static override args = { engine: Args.string({ description: 'Try this one only.', options: [...ENGINE_NAMES] }) };
  static override baseFlags = {} as typeof BaseCommand.baseFlags;
  static override flags = {
    ...settingFlags('threads'),
    bench: Flags.boolean({ summary: 'Measure each engine for two seconds.' }),
  };

  async run() {
    const { args, flags } = await this.parse(Engines);
    const { bench, ...settingsFlags } = flags;
    const { threads } = (await this.settings(settingsFlags)).engine;
    const { tryApart } = await import('../terminal/tryApart.js');
    const { preferred, tryEngine } = await import('../engine/selfTest.js');
    const reports = args.engine
      ? [await tryEngine(args.engine as EngineName, { threads, bench })]
      : await tryApart(ENGINE_NAMES, this.argv);
    const auto = args.engine ? undefined : preferred(reports);
    const { engineLines } = await import('../terminal/engines.js');
    for (const line of engineLines(reports, auto)) this.log(line);
    return { auto, engines: reports };
  }
}
