import { Flags } from '@oclif/core';
import { BaseCommand } from '../terminal/baseCommand.js';
import { settingFlags } from '../terminal/flags.js';

export default class Demo extends BaseCommand {
  static override summary = 'Generate a small log and run everything on it.';
  static override description = 'Takes some seconds on two cores and needs no data and no network.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --seed 7 --run output/demo-7',
  ];
  static override flags = {
    ...settingFlags('engine', 'threads', 'on-engine-failure'),
    force: Flags.boolean({ summary: 'Run stages again that are up to date.' }),
  };

  async run() {
    const { flags } = await this.parse(Demo);
    const { DEMO_CONFIG, demoSettings, prepareDemo } = await import('../run/demo.js');
    const withConfig = { config: DEMO_CONFIG, ...flags };
    const { run: dir, seed } = await this.settings(withConfig);
    return this.pipeline(withConfig, {
      given: demoSettings(dir, seed),
      force: flags.force,
      prepare: (run) => prepareDemo(run, seed),
    });
  }
}
