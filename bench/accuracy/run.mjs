// Accuracy of Drain on the 2k samples of Loghub: npm run bench accuracy [-- --profile benchmark|tuned --data FOLDER]
//
// benchmark.json has the masks, similarity and depth of logparser's Drain_benchmark, and the grouping accuracy that is
// published for them. tuned.json was found by tune.mjs on the first half of each sample. Messages are the column
// Content of the samples, as the structured logs of the benchmark have it; metrics are those of Loghub-2.0.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readSample } from './samples.mjs';

const COLUMNS = ['ga', 'fga', 'pa', 'fta'];

export async function main(args) {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string', default: process.env.LOGBERT_TEST_DATA ?? '../shared/data' },
      profile: { type: 'string', default: 'benchmark' },
    },
  });
  const profile = JSON.parse(readFileSync(new URL(`${values.profile}.json`, import.meta.url), 'utf8'));
  const parts = values.profile === 'tuned' ? { 'first half (tuned on)': [0, 0.5], 'second half': [0.5, 1] } : {};
  for (const [name, [from, to]] of Object.entries({ ...parts, 'whole sample': [0, 1] })) {
    await printTable(name, profile, values.data, from, to);
  }
}

async function printTable(title, profile, data, from, to) {
  const rows = [];
  for (const [system, { published, drain }] of Object.entries(profile)) {
    rows.push({ system, published, ...(await measure(readSample(data, system), drain, from, to)) });
  }
  console.log(`\n${title}`);
  console.log(['system', 'published', 'GA', 'FGA', 'PA', 'FTA', 'templates', 'true'].map(cell).join(''));
  for (const row of [...rows, meanOf(rows)]) {
    const figures = ['published', ...COLUMNS].map((key) => row[key]?.toFixed(4) ?? '');
    console.log([row.system, ...figures, row.found ?? '', row.expected ?? ''].map(cell).join(''));
  }
}

/** Accuracy on a part of a sample, learnt from nothing. */
export async function measure({ messages, truth }, drain, from = 0, to = 1) {
  const { accuracyOf, templatesOf } = await import('../../dist/parse/drain/accuracy.js');
  const { settingsSchema } = await import('../../dist/config/schema.js');
  const [start, end] = [from, to].map((share) => Math.round(share * messages.length));
  const settings = settingsSchema.parse({ drain }).drain;
  return accuracyOf(truth.slice(start, end), templatesOf(messages.slice(start, end), settings));
}

function meanOf(rows) {
  const mean = (key) => rows.reduce((sum, row) => sum + (row[key] ?? 0), 0) / rows.length;
  return { system: 'mean', ...Object.fromEntries(['published', ...COLUMNS].map((key) => [key, mean(key)])) };
}

function cell(value, i) {
  return i === 0 ? String(value).padEnd(12) : String(value).padStart(10);
}
