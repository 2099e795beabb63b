import { Flags } from '@oclif/core';
import { EXPORT_FORMATS } from '../export/formats.js';
import { BaseCommand } from '../terminal/baseCommand.js';
import { neutral } from '../terminal/text.js';

export default class Export extends BaseCommand {
  static override summary = 'Write a trained run in a form that others can serve.';
  static override description =
    `bundle: one file with model, vocabulary, parser, line format, threshold and model card, for logbert predict --bundle.
The others are folders that serve without logbert: session keys in, scores out, the masks of scoring inside.
onnx: opset 17, in single and half precision and with products in eight bits. tfjs: a TensorFlow.js GraphModel. savedmodel: a TensorFlow SavedModel. triton: a model repository of Triton Inference Server.`;
  static override examples = [
    {
      description: 'One file that turns raw lines into scores',
      command: '<%= config.bin %> <%= command.id %> --run output/hdfs --format bundle',
    },
    {
      description: 'ONNX models, in a folder that is replaced',
      command: '<%= config.bin %> <%= command.id %> --run output/hdfs --format onnx --to serving --force',
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
      const summary = await exportRun(run, { format, to, force });
      progress.stop();
      const sizes = Object.entries(summary.files);
      const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;
      const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
      this.log(neutral(`${summary.path}: ${megabytes(total)} in ${summary.seconds.toFixed(1)} s`));
      for (const [file, bytes] of sizes) if (file !== '') this.log(neutral(`  ${file}  ${megabytes(bytes)}`));
      return summary;
    });
  }
}
