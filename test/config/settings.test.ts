import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RESERVED } from '../../src/config/environment.js';
import { leavesOf, variableOf } from '../../src/config/leaves.js';
import { settingsSchema } from '../../src/config/schema.js';
import { loadSettings, memorable, type SettingsSources } from '../../src/config/settings.js';
import { UsageError } from '../../src/error.js';
import { models } from '../../src/model/registry.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'logbert-config-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function file(name: string, text: string): string {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
}

function load(sources: SettingsSources = {}) {
  return loadSettings({ environment: {}, dotenv: join(dir, '.env'), ...sources });
}

async function faults(sources: SettingsSources): Promise<string> {
  const error = await load(sources).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(UsageError);
  return (error as UsageError).message;
}

const depth = (value: string) => ({ path: 'drain.depth', value, origin: '--depth' });

describe('precedence', () => {
  it('is flag, environment, .env, YAML, default', async () => {
    const config = file('c.yaml', 'drain: {depth: 5}');
    expect((await load()).drain.depth).toBe(4);
    expect((await load({ config })).drain.depth).toBe(5);
    file('.env', 'LOGBERT_DRAIN_DEPTH=6');
    expect((await load({ config })).drain.depth).toBe(6);
    const environment = { LOGBERT_DRAIN_DEPTH: '7' };
    expect((await load({ config, environment })).drain.depth).toBe(7);
    expect((await load({ config, environment, flags: [depth('8')] })).drain.depth).toBe(8);
  });

  it('asks the run what it remembers unless a file is given', async () => {
    const asked: string[] = [];
    const remembered = async (run: string) => {
      asked.push(run);
      return { seed: 7, drain: { depth: 9, similarity: 0.7 } };
    };
    const settings = await load({ remembered, flags: [depth('8'), { path: 'run', value: 'x', origin: '--run' }] });
    expect(settings).toMatchObject({ seed: 7, drain: { depth: 8, similarity: 0.7 } });
    expect(asked).toEqual(['x']);
    expect((await load({ remembered, config: file('c.yaml', '') })).seed).toBe(42);
  });

  it("drops a weaker layer's model settings when a stronger names another model", async () => {
    const config = file('c.yaml', 'model: {name: another, cells: 3}');
    const settings = await load({ config, flags: [{ path: 'model.name', value: 'logbert', origin: 'MODEL' }] });
    expect(settings.model).toMatchObject({ name: 'logbert', hidden: 256 });
  });

  it('reads model settings from variables', async () => {
    const { model } = await load({ environment: { LOGBERT_MODEL_HIDDEN: '32', LOGBERT_MODEL_FEED_FORWARD: '64' } });
    expect(model).toMatchObject({ name: 'logbert', hidden: 32, feedForward: 64, layers: 4 });
  });
});

describe('values', () => {
  it('reads lists, switches and numbers from text', async () => {
    const environment = {
      LOGBERT_INPUT_FILES: 'a.log, b.log',
      LOGBERT_PARSE_KEEP_LINES: 'no',
      LOGBERT_DRAIN_SIMILARITY: '.3',
      LOGBERT_SEED: '',
    };
    expect(await load({ environment })).toMatchObject({
      input: { files: ['a.log', 'b.log'] },
      parse: { keepLines: false },
      drain: { similarity: 0.3 },
      seed: 42,
    });
  });

  it('expands variables in YAML strings', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: YAML's own variables
    const config = file('c.yaml', 'input:\n  files: ["${DATA:-data}/a.log"]\n  labels: "${DATA:-data}/a.csv"');
    expect((await load({ config })).input).toMatchObject({ files: ['data/a.log'], labels: 'data/a.csv' });
    expect((await load({ config, environment: { DATA: '/d' } })).input.labels).toBe('/d/a.csv');
  });

  it('names the run folder after the file, the name or the flag', async () => {
    expect((await load()).run).toBe(join('output', 'run'));
    expect((await load({ config: file('my hdfs.yaml', '') })).run).toBe(join('output', 'my-hdfs'));
    expect((await load({ config: file('d.yaml', 'name: named') })).run).toBe(join('output', 'named'));
    expect((await load({ environment: { LOGBERT_RUN: 'elsewhere' } })).run).toBe('elsewhere');
  });

  it("a model's own variables hold when a flag names it in place of the remembered one", async () => {
    const remembered = async () => ({ model: { name: 'logbert', hidden: 8 } });
    const flags = [{ path: 'model.name', value: 'pca', origin: 'MODEL' }];
    const { model } = await load({ flags, remembered, environment: { LOGBERT_MODEL_UNSEEN: 'false' } });
    expect(model).toMatchObject({ name: 'pca', unseen: false });
    expect(model).not.toHaveProperty('hidden');
  });

  it('remembers nothing that concerns one command or one machine', async () => {
    const kept = memorable(await load({ flags: [{ path: 'train.resume', value: true, origin: '--resume' }] }));
    expect(kept).not.toHaveProperty('engine');
    expect(kept).not.toHaveProperty('train.resume');
    expect(kept).toHaveProperty('train.epochs', 30);
    expect((await load({ remembered: async () => kept })).train.resume).toBe(false);
  });
});

describe('faults', () => {
  it('are reported together with key, origin, expectation and finding', async () => {
    const config = file(
      'c.yaml',
      [
        'drain:',
        '  dpeth: 5',
        '  similarity: high',
        'train:',
        '  epochs: 0',
        'model: {hiden: 64, dropout: 2}',
        'split: {protocol: loose}',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: YAML's own variables
        'input: {labels: "${NOWHERE_SET}"}',
      ].join('\n'),
    );
    file('.env', 'LOGBERT_PREDICT_ROUNDS=1.5');
    const environment = {
      LOGBERT_DRAIN_DEPHT: '5',
      LOGBERT_EVALUATE_QUANTILE: '1.5',
      LOGBERT_PARSE_MATCH_ONLY: 'maybe',
    };
    const message = await faults({ config, environment, flags: [depth('deep')] });
    expect(message.replaceAll(config, 'c.yaml').split('\n').sort()).toEqual(
      [
        '12 settings are wrong:',
        "  input.labels (c.yaml:8): the variable NOWHERE_SET isn't set",
        '  drain.depth (--depth): expected a number, found "deep"',
        '  drain.similarity (c.yaml:3): expected a number, found "high"',
        '  drain.dpeth (c.yaml:2): unknown key. Did you mean drain.depth?',
        '  split.protocol (c.yaml:7): expected one of strict, paper, found "loose"',
        '  parse.matchOnly (LOGBERT_PARSE_MATCH_ONLY): expected true or false, found "maybe"',
        '  train.epochs (c.yaml:5): expected a number above 0, found 0',
        '  predict.rounds (LOGBERT_PREDICT_ROUNDS in .env): expected a whole number, found 1.5',
        '  evaluate.quantile (LOGBERT_EVALUATE_QUANTILE): expected a number of at most 1, found 1.5',
        '  model.dropout (c.yaml:6): expected a number below 1, found 2',
        '  model.hiden (c.yaml:6): unknown key. Did you mean model.hidden?',
        '  LOGBERT_DRAIN_DEPHT: unknown variable. Did you mean LOGBERT_DRAIN_DEPTH?',
      ].sort(),
    );
  });

  it('tell what a model needs', async () => {
    expect(await faults({ config: file('c.yaml', 'model: {hidden: 30, heads: 4}') })).toContain(
      `model.hidden (${join(dir, 'c.yaml')}:1): hidden must be a multiple of heads, found 30`,
    );
    expect(await faults({ config: file('c.yaml', 'model: {name: deepblog}') })).toMatch(
      /model\.name .*expected one of logbert.*found "deepblog"/,
    );
  });

  it('name what stands where a group or a key is expected', async () => {
    expect(await faults({ config: file('c.yaml', 'drain: 5') })).toMatch(/drain .*expected a group of keys, found 5/);
    expect(await faults({ config: file('c.yaml', 'trian: {epochs: 5}') })).toMatch(/trian .*Did you mean train\?/);
    expect(await faults({ config: file('c.yaml', '__proto__: {polluted: 1}') })).toMatch(/__proto__.*unknown key/);
    expect(await faults({ config: file('c.yaml', 'drain: {masks: [IP, {name: x, pattern: y}]}') })).toMatch(
      /drain\.masks\.1.* \(.*c\.yaml:1\): expected/,
    );
  });

  it('tell that a file is missing, no YAML or no settings', async () => {
    expect(await faults({ config: join(dir, 'absent.yaml') })).toMatch(
      /absent.yaml can't be read: there is no such file/,
    );
    expect(await faults({ config: file('c.yaml', 'a: [1') })).toMatch(/isn't YAML: .*line 1/);
    expect(await faults({ config: file('c.yaml', '- a') })).toMatch(/must hold settings/);
  });

  it('are not found in reserved and foreign variables', async () => {
    const names = [...RESERVED, 'LOGBERT_TEST_DATA', 'LOGBERT_DATASETS'];
    await load({ environment: Object.fromEntries(names.map((name) => [name, 'x'])) });
  });
});

describe('.env.example', () => {
  const example = parse(readFileSync('.env.example', 'utf8'));
  const leaves = [
    ...leavesOf(settingsSchema),
    ...Object.values(models).flatMap(({ settings }) => leavesOf(settings, ['model'])),
  ];

  it('lists every variable, and no other', () => {
    const variables = [
      ...leaves.map(({ path }) => variableOf(path)),
      ...RESERVED,
      'LOGBERT_DATASETS',
      'LOGBERT_TEST_DATA',
    ];
    expect(Object.keys(example).sort()).toEqual([...new Set(variables)].sort());
  });

  it('names each once', () => {
    const named = readFileSync('.env.example', 'utf8').match(/^\w+(?==)/gm);
    expect(named).toEqual([...new Set(named)]);
  });

  it('gives each default', async () => {
    const defaults = await load();
    expect(await load({ environment: example })).toEqual(defaults);
    for (const { path } of leaves) {
      const value = path.reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], defaults);
      const text = value === undefined || path.join('.') === 'run' ? '' : String(value);
      expect.soft(example[variableOf(path)], path.join('.')).toBe(text);
    }
  });
});
