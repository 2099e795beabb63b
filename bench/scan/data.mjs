// The data of the benchmark, and fit and scan as the commands call them.
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';

const DIST = new URL('../../dist/', import.meta.url);
const load = (path) => import(new URL(path, DIST).href);

export const SYSTEMS =
  'Android Apache BGL HDFS HPC Hadoop HealthApp Linux Mac OpenSSH OpenStack Proxifier Spark Thunderbird Windows Zookeeper'.split(
    ' ',
  );

/** @param budget seconds that `fit` may take; undefined: as many as it takes, without a sequence model */
export async function library(budget) {
  const [{ fitLogs }, { scanLogs }, { diffLogs }, { settingsSchema }, { silent }, { Random }] = await Promise.all([
    load('scan/fit.js'),
    load('scan/scan.js'),
    load('scan/diff.js'),
    load('config/schema.js'),
    load('progress.js'),
    load('random.js'),
  ]);
  const settings = settingsSchema.parse({});
  return {
    Random,
    fit: (log, bundle) => fitLogs(settings, { files: [log], bundle, budget }, silent),
    fitWithout: (log, bundle) => fitLogs(settings, { files: [log], bundle }, silent),
    scan: (log, bundle, top = 1e6) => scanLogs({ files: [log], bundle, context: 0, top }, silent),
    diff: (good, bad) => diffLogs(settings, { good: [good], bad: [bad], context: 0, top: 100 }, silent),
  };
}

/** Raw lines of a sample with the hand-made event, template and message of each. */
export function sample(data, system) {
  const base = join(data, 'loghub_2k', system, `${system}_2k.log`);
  const lines = linesOf(readFileSync(base, 'utf8'));
  const { data: rows } = Papa.parse(readFileSync(`${base}_structured.csv`, 'utf8'), {
    header: true,
    skipEmptyLines: true,
  });
  return lines.map((text, i) => ({
    text,
    event: rows[i]?.EventId ?? '',
    content: rows[i]?.Content ?? '',
    template: rows[i]?.EventTemplate ?? '',
  }));
}

export function unpacked(data, path) {
  return linesOf(gunzipSync(readFileSync(join(data, path))).toString('utf8'));
}

/** Blocks that are anomalies. */
export async function hdfsLabels(data) {
  const labels = await readFile(join(data, 'hdfs/HDFS_2pct_anomaly_label.csv'), 'utf8');
  const { data: rows } = Papa.parse(labels, { header: true });
  return new Set(rows.filter(({ Label }) => Label === 'Anomaly').map(({ BlockId }) => BlockId));
}

export function linesOf(text) {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

export function halves(rows) {
  const middle = Math.floor(rows.length / 2);
  return [rows.slice(0, middle), rows.slice(middle)];
}

export function write(path, lines) {
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}
