// Means of the scores of a run by split and label: npm install && node scores.mjs ../../output/hdfs-2pct
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DataFrame, toJSON } from 'danfojs-node';
import Papa from 'papaparse';

const { positionals } = parseArgs({ allowPositionals: true });
if (positionals.length !== 1) {
  console.error('Usage: node scores.mjs RUN_FOLDER');
  process.exit(2);
}
const text = readFileSync(join(positionals[0], 'scores.csv'), 'utf8');
const { data } = Papa.parse(text, { header: true, skipEmptyLines: true, dynamicTyping: true });
const { id, sequence, lines, ...first } = data[0];
const columns = Object.keys(first).filter((name) => name !== 'split' && name !== 'label');
const rows = data.map((row) => ({
  group: `${row.split}, ${row.label === null ? 'unlabelled' : row.label ? 'anomaly' : 'normal'}`,
  ...Object.fromEntries(columns.map((name) => [name, row[name]])),
}));
const means = new DataFrame(rows).groupby(['group']).col(columns).mean();
const rounded = ([name, value]) => [name, typeof value === 'number' ? Number(value.toFixed(4)) : value];
console.table(toJSON(means).map((row) => Object.fromEntries(Object.entries(row).map(rounded))));
