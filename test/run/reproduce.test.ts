import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it, vi } from 'vitest';
import { silent } from '../../src/progress.js';
import { RunFolder } from '../../src/run/folder.js';
import { reproduce } from '../../src/run/reproduce.js';
import { reproducedLines } from '../../src/terminal/reproduced.js';

const tables: Record<string, { rows: { config?: string; set?: Record<string, string> }[] }> = JSON.parse(
  readFileSync('experiments/tables.json', 'utf8'),
);

it('every configuration of a table is there', () => {
  const configs = Object.values(tables).flatMap(({ rows }) => rows.flatMap(({ config }) => config ?? []));
  expect(configs.filter((config) => !existsSync(join('experiments', config)))).toEqual([]);
});

it('a row without its data says what it needs, and holds no figure', async () => {
  const table = await reproduce('bgl', silent, { datasets: '/nowhere', only: ['PCA', 'DeepLog'] });
  expect(table.rows.map(({ name, ours, missing }) => [name, ours, missing])).toEqual([
    ['PCA', undefined, expect.stringContaining('BGL.log')],
    ['DeepLog', undefined, expect.stringContaining('BGL.log')],
  ]);
  const lines = reproducedLines(table);
  expect(lines.find((line) => line.startsWith('PCA '))).toMatch(/ - +- +- +9\.07 +98\.23 +16\.61 +-$/);
  expect(lines.join('\n')).toMatch(/PCA: not run: needs .*BGL\.log \(logbert download bgl\)/);
});

it('a row that ran but has nothing to judge holds no figure either', () => {
  const rows = [{ name: 'PCA', missing: 'needs test sessions of both labels', runs: ['output/pca'] }];
  const lines = reproducedLines({ table: 'bgl', source: 'a paper', rows });
  expect(lines.join('\n')).toMatch(/PCA: no figure: needs test sessions of both labels/);
});

it('runs a row on its data, both counts; the run remembers what it was made with', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'logbert-reproduce-'));
  const session = (keys: number[], times: number) => Array.from({ length: times }, () => keys.join(' ')).join('\n');
  const long = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  mkdirSync(join(dir, 'hdfs'));
  writeFileSync(join(dir, 'hdfs/hdfs_train.gz'), gzipSync(session(long, 20)));
  writeFileSync(join(dir, 'hdfs/hdfs_test_normal.gz'), gzipSync(session(long, 30)));
  writeFileSync(
    join(dir, 'hdfs/hdfs_test_abnormal.gz'),
    gzipSync(`${session([1, 2], 3)}\n${session([...long, 11], 2)}`),
  );
  vi.stubEnv('LOGBERT_TEST_DATA', dir);
  vi.stubEnv('LOGBERT_RUN', join(dir, 'run'));
  try {
    const { rows } = await reproduce('hdfs', silent, { datasets: dir, only: ['Nearest count vector'] });
    expect(rows[0].ours).toEqual({ precision: 100, recall: 100, f1: 100, least: 10 });
    expect(rows[0].other).toEqual({ precision: 100, recall: 100, f1: 100, least: 1 });
    const run = await RunFolder.open(join(dir, 'run'), { readOnly: true });
    expect(run.settings).toMatchObject({ name: 'hdfs-count-vector', model: { name: 'count-vector' } });
  } finally {
    vi.unstubAllEnvs();
    rmSync(dir, { recursive: true });
  }
});

it('the count that the paper has comes first, the other one below; seeds have a deviation', () => {
  const ours = { precision: 99, recall: 37.1, f1: 54, least: 1, spread: 0.5 };
  const other = { precision: 0, recall: 0, f1: 0, least: 10, spread: 0 };
  const paper = { precision: 99.26, recall: 37.08, f1: 53.99 };
  const rows = [{ name: 'LogCluster', paper, ours, other, runs: ['output/a', 'output/b'] }];
  const [, , first, second] = reproducedLines({ table: 'hdfs', source: 'a paper', rows });
  expect(first).toMatch(/^LogCluster +99\.00 +37\.10 +54\.00 ± 0\.50 +99\.26 +37\.08 +53\.99 +0\.01$/);
  expect(second).toMatch(/^ {2}10 or more events +0\.00 +0\.00 +0\.00 ± 0\.00$/);
});

it('a paper that tells F1 alone leaves the other cells empty', () => {
  const ours = { precision: 90, recall: 80, f1: 84.7, least: 10 };
  const rows = [{ name: 'Masked keys alone', paper: { f1: 78.09 }, ours, runs: ['output/a'] }];
  const [, , line] = reproducedLines({ table: 'hdfs-ablation', source: 'a paper', rows });
  expect(line).toMatch(/^Masked keys alone +90\.00 +80\.00 +84\.70 +- +- +78\.09 +6\.61$/);
});

it('no two different rows share a run folder', () => {
  const runs = Object.values(tables).flatMap(({ rows }) =>
    rows.flatMap(({ config, set = {} }) => (config && !set.name ? [] : [`${set.name} ${config}`])),
  );
  const names = new Map(runs.map((run) => [run.split(' ')[0], run]));
  expect(runs.filter((run) => names.get(run.split(' ')[0]) !== run)).toEqual([]);
});

it('names the tables and rows that there are', async () => {
  await expect(reproduce('hpc', silent, { datasets: '' })).rejects.toThrow(
    /expected hdfs, hdfs-settings, hdfs-ablation, bgl, thunderbird/,
  );
  await expect(reproduce('bgl', silent, { datasets: '', only: ['pca'] })).rejects.toThrow(
    /no row pca\. Rows of bgl: PCA; /,
  );
});
