import { BaseCommand } from '../terminal/baseCommand.js';

export default class Datasets extends BaseCommand {
  static override summary = 'List the data sets that can be downloaded.';
  static override description =
    'All 16 systems of Loghub: size, lines, labels, and what of each is in ~/.dataset (LOGBERT_DATASETS). Licence: free for research or academic work; cite Zhu et al., ISSRE 2023.';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json'];
  static override baseFlags = {} as typeof BaseCommand.baseFlags;

  async run() {
    await this.parse(Datasets);
    const { listDatasets } = await import('../data/datasets/list.js');
    const { datasetLines } = await import('../terminal/datasets.js');
    const root = await this.datasetsRoot();
    const datasets = await listDatasets(root);
    for (const line of datasetLines(datasets, root)) this.log(line);
    return { root, datasets };
  }
}
