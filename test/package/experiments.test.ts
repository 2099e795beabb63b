import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadSettings } from '../../src/config/settings.js';

const configs = readdirSync('experiments', { encoding: 'utf8', recursive: true })
  .filter((name) => name.endsWith('.yaml') && !name.includes('node_modules'))
  .map((name) => join('experiments', name))
  .sort();

describe('the configurations of experiments', () => {
  it.each(configs)('%s says what it reads, what it is called, and no setting that there is not', async (config) => {
    const said = parse(readFileSync(config, 'utf8'));
    expect(said).toMatchObject({ name: expect.any(String) });
    if (basename(config) !== 'demo.yaml') expect(said).toMatchObject({ input: expect.any(Object) });
    await expect(loadSettings({ config, environment: { LOGBERT_DATASETS: 'datasets' } })).resolves.toMatchObject({
      name: said.name,
    });
  });

  it('are called differently, so that none writes over the results of another', () => {
    const names = configs.map((config) => parse(readFileSync(config, 'utf8')).name);
    expect(names).toEqual([...new Set(names)]);
  });
});
