import { Args, Flags } from '@oclif/core';
import { UsageError } from '../error.js';
import type { LogScores } from '../export/logScores.js';
import { BaseCommand } from '../terminal/baseCommand.js';
import { settingFlags } from '../terminal/flags.js';

export default class Predict extends BaseCommand {
  static override summary = 'Score each session and event with the trained model.';
  static override description = `Masks depend on seed, length and round alone, so that scores depend on nothing else.
With --bundle it scores raw lines and needs no run: a CSV with a row for each session goes to stdout. A session of one event is scored like any other.`;
  static override examples = [
    '<%= config.bin %> <%= command.id %> --run output/hdfs',
    '<%= config.bin %> <%= command.id %> --run output/hdfs --rounds 10 --score misses',
    {
      description: 'Score the sessions of a log, or of a pipe (-), with a bundle',
      command: '<%= config.bin %> <%= command.id %> --bundle bundle.zip new.log > scores.csv',
    },
  ];
  static override args = { file: Args.string({ description: 'Raw logs to score with a bundle; - is stdin.' }) };
  static override strict = false;
  static override flags = {
    ...settingFlags('rounds', 'score', 'precision', 'engine', 'threads', 'on-engine-failure'),
    bundle: Flags.file({ helpValue: '<file>', summary: 'Bundle to score raw lines with (logbert export).' }),
    line: Flags.string({ helpValue: '<text>', summary: 'One raw line to score with the bundle.', multiple: true }),
  };

  async run() {
    const { argv, flags } = await this.parse(Predict);
    const files = argv as string[];
    const { bundle, line, ...settings } = flags;
    if (bundle !== undefined) return this.scoreLines(bundle, files, line as string[] | undefined, settings);
    if (files.length > 0 || line) {
      throw new UsageError('Raw lines are scored with a bundle, but --bundle is not given.', {
        next: 'logbert predict --bundle FILE LOG',
      });
    }
    return this.stage('predict', settings);
  }

  private async scoreLines(
    bundle: string,
    files: string[],
    lines: string[] | undefined,
    flags: Record<string, unknown>,
  ): Promise<LogScores> {
    for (const name of ['rounds', 'score', 'precision']) {
      if (flags[name] !== undefined) throw new UsageError(`--${name} can't be chosen here: the bundle says it.`);
    }
    if (files.length > 0 === (lines !== undefined)) {
      throw new UsageError('Expected either log files (- is stdin) or --line.', {
        next: 'logbert predict --bundle FILE LOG',
      });
    }
    const settings = await this.settings(flags);
    const [{ scoreFiles, scoreText }, { scoresCsv, accountLines }, { terminalProgress }] = await Promise.all([
      import('../export/scoreFiles.js'),
      import('../terminal/logScores.js'),
      import('../terminal/progress.js'),
    ]);
    const progress = terminalProgress({ quiet: this.jsonEnabled() || settings.log.level === 'quiet' });
    try {
      const scores = lines
        ? await scoreText(bundle, lines, settings.engine, progress)
        : await scoreFiles(bundle, files, settings.engine, progress);
      progress.stop();
      for (const row of scoresCsv(scores, process.stdout.isTTY === true)) this.log(row);
      for (const text of accountLines(scores)) progress.note(text);
      return scores;
    } finally {
      progress.stop();
    }
  }
}
