import { Args } from '@oclif/core';
import { BaseCommand } from '../terminal/baseCommand.js';
import { settingFlags } from '../terminal/flags.js';

export default class Parse extends BaseCommand {
  static override summary = 'Parse raw logs into events and learn their templates.';
  static override description =
    'Reads .log and .gz files, or stdin as -, as one stream, and writes events (Parquet), templates and the parser state.';
  static override examples = [
    {
      description: 'Parse an HDFS log with its labels beside it',
      command: '<%= config.bin %> <%= command.id %> HDFS.log.gz --labels anomaly_label.csv --run output/hdfs',
    },
    {
      description: 'Match lines of a pipe against a saved parser, without learning',
      command:
        '<%= config.bin %> <%= command.id %> - --match-only --parser output/hdfs/parser.json --run output/new < new.log',
    },
  ];
  static override args = { file: Args.string({ description: 'Log files, read in this order; - is stdin.' }) };
  static override strict = false;
  static override flags = settingFlags(
    'format',
    'year',
    'session-id',
    'labels',
    'depth',
    'similarity',
    'protocol',
    'train-fraction',
    'join',
    'keep-lines',
    'match-only',
    'parser',
  );

  async run() {
    const { argv, flags } = await this.parse(Parse);
    const files = argv as string[];
    const given = files.length > 0 ? [{ path: 'input.files', value: files, origin: 'FILE' }] : [];
    return this.stage('parse', flags, { create: true, given });
  }
}
