import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../terminal/baseCommand.js';

export default class Reproduce extends BaseCommand {
  static override summary = "Run a paper's table, and print our figures beside its own.";
  static override description =
    'Each row is a configuration in experiments/ and a run in output/. What is up to date is not run again, so that an interrupted table goes on. A row whose data are not there says what it needs.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> hdfs',
    "<%= config.bin %> <%= command.id %> hdfs --only PCA --only 'Nearest count vector'",
    '<%= config.bin %> <%= command.id %> hdfs --only DeepLog --seed 1 --seed 2 --seed 3',
  ];
  static override args = {
    table: Args.string({
      description:
        'hdfs, bgl or thunderbird: the LogBERT paper; hdfs-settings: its classical rows, a setting at a time; hdfs-ablation: its ablation of LogBERT.',
      required: true,
    }),
  };
  static override baseFlags = {} as typeof BaseCommand.baseFlags;
  static override flags = {
    only: Flags.string({ helpValue: '<row>', multiple: true, summary: 'Only these rows.' }),
    seed: Flags.integer({
      helpValue: '<n>',
      min: 0,
      multiple: true,
      summary: 'A run for each seed; mean and standard deviation are printed.',
    }),
  };

  async run() {
    const { args, flags } = await this.parse(Reproduce);
    const [{ reproduce }, { reproducedLines }] = await Promise.all([
      import('../run/reproduce.js'),
      import('../terminal/reproduced.js'),
    ]);
    return this.withProgress('Rows that were finished are kept.', async (progress) => {
      const table = await reproduce(args.table, progress, {
        datasets: await this.datasetsRoot(),
        only: flags.only,
        seeds: flags.seed,
        onRow: (row) => progress.note(`-- ${row}`),
      });
      progress.stop();
      for (const line of reproducedLines(table)) this.log(line);
      return table;
    });
  }
}
