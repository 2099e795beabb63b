// The samples of Loghub that the benchmarks of accuracy read: 2,000 messages of each system with their true templates.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';

/** Whether the samples are there. */
export function hasSamples(data) {
  return existsSync(join(data, 'loghub_2k'));
}

export function systems(data) {
  return readdirSync(join(data, 'loghub_2k')).filter((name) => existsSync(structured(data, name)));
}

/** Messages without headers, and the true template of each. */
export function readSample(data, system) {
  const csv = readFileSync(structured(data, system), 'utf8');
  const rows = Papa.parse(csv, { header: true, skipEmptyLines: true }).data;
  return { messages: rows.map((row) => row.Content), truth: rows.map((row) => row.EventTemplate) };
}

function structured(data, system) {
  return join(data, 'loghub_2k', system, `${system}_2k.log_structured.csv`);
}
