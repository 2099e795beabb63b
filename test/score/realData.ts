import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Example } from './sessions.js';

const folder = resolve(process.env.LOGBERT_TEST_DATA ?? '../shared/data', 'hdfs');

export const hdfsKeys = existsSync(join(folder, 'hdfs_train.gz'))
  ? { missing: undefined, read: readHdfsKeys }
  : { missing: `skipped: no ${join(folder, 'hdfs_train.gz')} (set LOGBERT_TEST_DATA)`, read: readHdfsKeys };

/** The HDFS key set; the last tenth of the training sessions is validation. */
function readHdfsKeys(): Example[] {
  const [train, normal, abnormal] = ['hdfs_train.gz', 'hdfs_test_normal.gz', 'hdfs_test_abnormal.gz'].map(readKeys);
  const border = Math.floor(train.length * 0.9);
  return [
    ...train.map((events, i) => ({ events, split: i < border ? 'train' : 'validation', label: 0 }) as const),
    ...normal.map((events) => ({ events, split: 'test', label: 0 }) as const),
    ...abnormal.map((events) => ({ events, split: 'test', label: 1 }) as const),
  ];
}

function readKeys(file: string): Uint8Array[] {
  const lines = gunzipSync(readFileSync(join(folder, file)))
    .toString('latin1')
    .split('\n');
  return lines.filter((line) => line.trim()).map((line) => Uint8Array.from(line.match(/\d+/g) ?? [], Number));
}
