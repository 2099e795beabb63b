import { Args, Flags } from '@oclif/core';
import { COUNTS, type Count, TABLE_FORMATS, type TableFormat } from '../score/tableOptions.js';
import { BaseCommand } from '../terminal/baseCommand.js';

export default class Compare extends BaseCommand {
  static override summary = 'Put the results of runs into one table.';
  static override description =
    'Runs that differ in the seed alone are one row, with mean and standard deviation; the trivial baselines stand below. Runs on other test sessions make a table of their own.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> output/logbert output/deeplog output/count-vector',
    '<%= config.bin %> <%= command.id %> output/seed-* --format latex --out table.tex',
    '<%= config.bin %> <%= command.id %> output/logbert output/deeplog --figures figures',
  ];
  static override strict = false;
  static override args = { run: Args.string({ description: 'Run folders.', required: true }) };
  static override baseFlags = {} as typeof BaseCommand.baseFlags;
  static override flags = {
    format: Flags.option({ options: TABLE_FORMATS, summary: 'How the table is written.' })(),
    count: Flags.option({ options: COUNTS, default: 'result' as Count, summary: 'Which sessions count.' })(),
    out: Flags.string({ helpValue: '<file>', summary: 'Write to a file.' }),
    figures: Flags.string({
      helpValue: '<folder>',
      summary: 'Write the charts of each run, and their curves together, as SVG and PNG.',
    }),
  };

  async run() {
    const { argv, flags } = await this.parse(Compare);
    const [{ compareRuns }, { comparedLines, writeTableFile }] = await Promise.all([
      import('../score/compare.js'),
      import('../terminal/compared.js'),
    ]);
    const data = await compareRuns(argv as string[], flags.count);
    if (flags.out) this.log(await writeTableFile(flags.out, data, flags.format as TableFormat | undefined));
    else for (const line of await comparedLines(data, flags.format)) this.log(line);
    if (flags.figures) {
      const { writeFigures } = await import('../score/figures.js');
      const written = await writeFigures(argv as string[], flags.figures);
      this.log(`Wrote ${written.length} files into ${flags.figures}.`);
    }
    return data;
  }
}
