import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { silent } from '../../src/progress.js';
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

it('the count that the paper has comes first, the other one below; seeds have a deviation', () => {
  const ours = { precision: 99, recall: 37.1, f1: 54, least: 1, spread: 0.5 };
  const other = { precision: 0, recall: 0, f1: 0, least: 10, spread: 0 };
  const paper = { precision: 99.26, recall: 37.08, f1: 53.99 };
  const rows = [{ name: 'LogCluster', paper, ours, other, runs: ['output/a', 'output/b'] }];
  const [, , first, second] = reproducedLines({ table: 'hdfs', source: 'a paper', rows });
  expect(first).toMatch(/^LogCluster +99\.00 +37\.10 +54\.00 ± 0\.50 +99\.26 +37\.08 +53\.99 +0\.01$/);
  expect(second).toMatch(/^ {2}10 or more events +0\.00 +0\.00 +0\.00 ± 0\.00$/);
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
    /expected hdfs, hdfs-settings, bgl, thunderbird/,
  );
  await expect(reproduce('bgl', silent, { datasets: '', only: ['pca'] })).rejects.toThrow(/Rows of bgl: PCA, /);
});
