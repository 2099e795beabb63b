import { Args, Flags } from '@oclif/core';
import { UsageError } from '../error.js';
import { BaseCommand } from '../terminal/baseCommand.js';

export default class Download extends BaseCommand {
  static override summary = 'Download data sets, check and unpack them.';
  static override description =
    'Archives come from Zenodo into ~/.dataset (LOGBERT_DATASETS). A download that was cut goes on where it was. HTTP_PROXY, HTTPS_PROXY and NO_PROXY are honoured.';
  static override examples = [
    { description: 'Two data sets', command: '<%= config.bin %> <%= command.id %> hdfs bgl' },
    {
      description: 'The first 20 million lines of Thunderbird, without unpacking the rest',
      command: '<%= config.bin %> <%= command.id %> thunderbird --limit-lines 20000000',
    },
    {
      description: 'An archive that is here already',
      command: '<%= config.bin %> <%= command.id %> bgl --file BGL.zip',
    },
  ];
  static override args = {
    name: Args.string({ description: 'Data sets, as `logbert datasets` lists them.', required: true }),
  };
  static override strict = false;
  static override baseFlags = {} as typeof BaseCommand.baseFlags;
  static override flags = {
    mirror: Flags.string({ summary: 'Fetch <url>/<archive> in place of Zenodo.', helpValue: '<url>' }),
    file: Flags.string({ summary: 'Use this archive; fetch nothing.', helpValue: '<file>', exclusive: ['mirror'] }),
    'limit-lines': Flags.string({ summary: 'Unpack the first lines of the log only.', helpValue: '<n>' }),
  };

  async run() {
    const { argv, flags } = await this.parse(Download);
    const names = [...new Set(argv as string[])];
    if (flags.file !== undefined && names.length > 1) throw new UsageError('--file is one archive: name one data set.');
    const limitLines = flags['limit-lines'] === undefined ? undefined : linesOf(flags['limit-lines']);
    const { datasetNamed } = await import('../data/datasets/registry.js');
    const datasets = await Promise.all(names.map(datasetNamed));
    const options = { root: await this.datasetsRoot(), mirror: flags.mirror, file: flags.file, limitLines };
    return this.withProgress('What has arrived is kept.', async (progress) => {
      const { downloadDataset } = await import('../data/datasets/download.js');
      const { downloadedLines } = await import('../terminal/datasets.js');
      const all = [];
      for (const dataset of datasets) {
        const downloaded = await downloadDataset(dataset, options, progress);
        progress.stop();
        for (const line of downloadedLines(downloaded)) this.log(line);
        all.push(downloaded);
      }
      return { root: options.root, datasets: all };
    });
  }
}

function linesOf(text: string): number {
  const lines = Number(text);
  if (Number.isSafeInteger(lines) && lines > 0) return lines;
  throw new UsageError(`--limit-lines: expected a whole number above 0, found "${text}".`);
}
