// The Parquet files of a run, opened by those whom they are for: pandas, polars and DuckDB read the values that logbert's
// own reader does. Their packages are kept in a cache folder; exit code 77 where they can't be had.   node tools/check-parquet.mjs
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { python, run, Unavailable } from './environments.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Lines with what a demo hasn't: alert labels, nodes, text beyond ASCII, times that are none, joined lines. */
const ODD = {
  'bgl.log': [
    '- 1117838570 2005.06.03 R02-M1 2005-06-03-15.42.50.675872 R02-M1 RAS KERNEL INFO parity error corrected',
    'APPREAD 1117869872 2005.06.04 R23-M0 2005-06-04-00.24.32.432192 R23-M0 RAS APP FATAL ciod: failed to read 17',
  ],
  'app.log': [
    '2024-04-15 12:34:56,789 ERROR a.B: sold 3 crêpes to 日本 🥐',
    'java.io.IOException: pipe',
    '\tat a.B.c(B.java:1)',
    '2024-04-15 12:34:57,001 INFO a.B: sold 4 crêpes to 日本 🥐',
  ],
  'plain.log': ['no time at all', 'blk_1 and blk_2 to 10.0.0.1:80'],
};

const work = mkdtempSync(join(tmpdir(), 'logbert-parquet-'));
try {
  const interpreter = python('parquet');
  logbert('demo', '--run', join(work, 'demo'));
  for (const [name, lines] of Object.entries(ODD)) {
    writeFileSync(join(work, name), `${lines.join('\n')}\n`);
    logbert(
      'parse',
      join(work, name),
      '--run',
      join(work, name.replace('.log', '')),
      '--session-id',
      'blk_\\d+',
      '--protocol',
      'paper',
    );
  }
  const tables = await expected(join(work, 'expected'));
  console.log(run(interpreter, [fileURLToPath(new URL('parquet/compare.py', import.meta.url)), ...tables]).trim());
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.log(`SKIPPED: ${error.message}`);
  process.exitCode = 77;
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Writes the rows of every Parquet file as JSON. Returns pairs of paths: table, rows. */
async function expected(folder) {
  mkdirSync(folder);
  const paths = readdirSync(work, { recursive: true }).filter((path) => path.endsWith('.parquet'));
  const pairs = [];
  for (const path of paths) {
    const file = await asyncBufferFromFile(join(work, path));
    const rows = await parquetReadObjects({ file, compressors: { GZIP: (packed) => gunzipSync(packed) } });
    const json = join(folder, `${path.replaceAll(/[/\\]/g, '-')}.json`);
    writeFileSync(json, JSON.stringify(rows, plain));
    pairs.push(join(work, path), json);
  }
  return pairs;
}

/** What JSON has no words for: times as milliseconds, 64-bit integers as numbers, infinity. `toJSON` of a date has run by now. */
function plain(key, value) {
  if (this[key] instanceof Date) return this[key].getTime();
  if (value === Number.POSITIVE_INFINITY) return 'inf';
  return typeof value === 'bigint' ? Number(value) : value;
}

function logbert(...args) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^LOGBERT_/.test(name)));
  const command = [join(root, 'bin/run.js'), ...args, '--log-level', 'quiet'];
  return execFileSync(process.execPath, command, { env, stdio: ['ignore', 'ignore', 'inherit'] });
}
