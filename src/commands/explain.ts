import { Args } from '@oclif/core';
import { BaseCommand } from '../terminal/baseCommand.js';
import { settingFlags } from '../terminal/flags.js';

export default class Explain extends BaseCommand {
  static override summary = 'Tell why a session has its score: its lines and what was expected.';
  static override description =
    'The session is scored again with what was trained last. Beside it stands the nearest normal session of the training part. Where ids are of windows or files, a word that only one of them has is enough.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> output/hdfs blk_-5974833545991408899',
    "<%= config.bin %> <%= command.id %> output/bgl 'lines 41-60' --json",
  ];
  static override args = {
    run: Args.string({ description: 'Run folder with a trained model or detector.', required: true }),
    session: Args.string({ description: 'Id of a session, as in scores.csv.', required: true }),
  };
  static override baseFlags = settingFlags('log-level') as typeof BaseCommand.baseFlags;
  static override flags = settingFlags('engine', 'threads', 'on-engine-failure');

  async run() {
    const { args, flags } = await this.parse(Explain);
    const given = [{ path: 'run', value: args.run, origin: 'RUN' }];
    return this.inRun(flags, { given }, async ({ settings, run, progress }) => {
      const [{ explainSession }, { explainedLines }] = await Promise.all([
        import('../explain/explain.js'),
        import('../terminal/explained.js'),
      ]);
      const session = await explainSession(settings, run, args.session, progress);
      progress.stop();
      for (const line of explainedLines(session, Math.max(60, process.stdout.columns ?? 100))) this.log(line);
      return session;
    });
  }
}
