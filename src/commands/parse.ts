import { Args } from '@oclif/core';
import { BaseCommand } from '../terminal/baseCommand.js';
import { settingFlags } from '../terminal/flags.js';

export default class Parse extends BaseCommand {
  static override summary = 'Parse raw logs into events and learn their templates.';
  static override description =
    'Reads files, plain or compressed (.gz, .zst, .xz, .bz2), folders of them, or stdin as -, as one stream, and writes events (Parquet), templates and the parser state.';
  static override examples = [
    {
      description: 'Parse an HDFS log with its labels beside it',
      command: '<%= config.bin %> <%= command.id %> HDFS.log.gz --labels anomaly_label.csv --run output/hdfs',
    },
    {
      description: 'A log with its rotated files: app.log.2.gz, app.log.1, app.log',
      command: '<%= config.bin %> <%= command.id %> app.log --rotated',
    },
    {
      description: 'Match lines of a pipe against a saved parser, without learning',
      command:
        '<%= config.bin %> <%= command.id %> - --match-only --parser output/hdfs/parser.json --run output/new < new.log',
    },
  ];
  static override args = {
    file: Args.string({ description: 'Log files or folders, read in this order; - is stdin.' }),
  };
  static override strict = false;
  static override flags = settingFlags(
    'format',
    'year',
    'session-id',
    'rotated',
    'labels',
    'depth',
    'similarity',
    'protocol',
    'train-fraction',
    'join',
    'keep-lines',
    'match-only',
    'parser',
    'mask-pii',
    'workers',
  );

  async run() {
    const { argv, flags } = await this.parse(Parse);
    const files = argv as string[];
    const given = files.length > 0 ? [{ path: 'input.files', value: files, origin: 'FILE' }] : [];
    return this.stage('parse', flags, { create: true, given });
  }
}
