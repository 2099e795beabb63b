import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { silent } from '../../src/progress.js';
import { reproduce } from '../../src/run/reproduce.js';
import { reproducedLines } from '../../src/terminal/reproduced.js';

const tables: Record<string, { rows: { config?: string }[] }> = JSON.parse(
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
  expect(lines.join('\n')).toMatch(/PCA: not run: needs .*BGL\.log/);
});

it('a row that ran but has nothing to judge holds no figure either', () => {
  const rows = [{ name: 'PCA', missing: 'needs test sessions of both labels', run: 'output/pca' }];
  const lines = reproducedLines({ table: 'bgl', source: 'a paper', rows });
  expect(lines.join('\n')).toMatch(/PCA: no figure: needs test sessions of both labels/);
});

it('names the tables and rows that there are', async () => {
  await expect(reproduce('hpc', silent, { datasets: '' })).rejects.toThrow(/expected hdfs, bgl, thunderbird/);
  await expect(reproduce('bgl', silent, { datasets: '', only: ['pca'] })).rejects.toThrow(/Rows of bgl: PCA, /);
});
