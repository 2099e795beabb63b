import { Flags } from '@oclif/core';
import { EXPORT_FORMATS, type ExportFormat } from '../export/formats.js';
import { BaseCommand } from '../terminal/baseCommand.js';
import { neutral } from '../terminal/text.js';

export default class Export extends BaseCommand {
  static override summary = 'Write a trained run in a form that others can serve.';
  static override description =
    'bundle: one file with model, vocabulary, parser, line format, threshold and model card, for logbert predict --bundle.';
  static override examples = [
    {
      description: 'One file that turns raw lines into scores',
      command: '<%= config.bin %> <%= command.id %> --run output/hdfs --format bundle',
    },
  ];
  static override flags = {
    format: Flags.option({ options: EXPORT_FORMATS, required: true, summary: 'What to write.' })(),
    to: Flags.string({ helpValue: '<path>', summary: 'Where to write it; default <run>/export/<format>.' }),
    force: Flags.boolean({ summary: 'Replace what stands there.' }),
  };

  async run() {
    const { flags } = await this.parse(Export);
    const { format, to, force, ...common } = flags;
    return this.inRun(common, {}, async ({ run, progress }) => {
      const { exportRun } = await import('../export/export.js');
      const summary = await exportRun(run, { format: format as ExportFormat, to, force });
      progress.stop();
      const size = (summary.bytes / 1e6).toFixed(2);
      this.log(neutral(`${summary.path}: ${size} MB in ${summary.seconds.toFixed(1)} s`));
      return summary;
    });
  }
}
