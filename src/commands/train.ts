import { Args } from '@oclif/core';
import { quoted } from '../run/artefacts.js';
import type { RunFolder } from '../run/folder.js';
import { BaseCommand } from '../terminal/baseCommand.js';
import { settingFlags } from '../terminal/flags.js';

export default class Train extends BaseCommand {
  static override summary = 'Train a model on the normal training sessions.';
  static override description =
    "A model's own settings are keys of `model` in the YAML file, or variables such as LOGBERT_MODEL_HIDDEN.";
  static override examples = [
    {
      description: 'Train LogBERT',
      command: '<%= config.bin %> <%= command.id %> --run output/hdfs --epochs 20',
    },
    {
      description: 'Go on after an interruption, to the same result as without one',
      command: '<%= config.bin %> <%= command.id %> --run output/hdfs --resume',
    },
  ];
  static override args = { model: Args.string({ description: 'Model to train; default logbert.' }) };
  static override flags = settingFlags('epochs', 'batch', 'resume', 'engine', 'threads', 'on-engine-failure');

  async run() {
    const { args, flags } = await this.parse(Train);
    const given = args.model ? [{ path: 'model.name', value: args.model, origin: 'MODEL' }] : [];
    return this.stage('train', flags, { given, resume: resumeCommand });
  }
}

/** Training goes on from its state, if this process has written one. */
function resumeCommand(run: RunFolder): string | undefined {
  return run.written.has('state') ? `logbert train --resume --run ${quoted(run.dir)}` : undefined;
}
