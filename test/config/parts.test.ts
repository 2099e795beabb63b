import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { partOf } from '../../src/config/parts.js';
import { settingsSchema } from '../../src/config/schema.js';
import { STAGES } from '../../src/run/artefacts.js';

const base = settingsSchema.parse({});

/** Stages whose part differs between two settings. */
function touched(input: Parameters<typeof settingsSchema.parse>[0]): string[] {
  const other = settingsSchema.parse(input);
  return STAGES.filter((stage) => JSON.stringify(partOf(stage, base)) !== JSON.stringify(partOf(stage, other)));
}

it.each([
  [{ drain: { depth: 5 } }, ['parse']],
  [{ split: { trainFraction: 0.6 } }, ['parse', 'sessions']],
  [{ sequences: { length: 10 } }, ['sessions']],
  [{ model: { name: 'logbert', hidden: 32 } }, ['train']],
  [{ model: { name: 'deeplog', values: true } }, ['train']],
  [{ train: { epochs: 5 } }, ['train']],
  [{ predict: { rounds: 9 } }, ['predict']],
  [{ evaluate: { quantile: 0.9 } }, ['evaluate']],
  [{ train: { resume: true }, engine: { threads: 1 }, log: { level: 'debug' }, run: 'elsewhere' }, []],
])('%j concerns %j', (input, stages) => {
  expect(touched(input)).toEqual(stages);
});

it('tells one state of an input file from another', () => {
  const dir = mkdtempSync(join(tmpdir(), 'logbert-parts-'));
  const log = join(dir, 'a.log');
  const settings = settingsSchema.parse({ input: { files: [log] } });
  const absent = partOf('parse', settings);
  writeFileSync(log, 'one');
  const one = partOf('parse', settings);
  writeFileSync(log, 'three');
  expect(absent).not.toEqual(one);
  expect(partOf('parse', settings)).not.toEqual(one);
  rmSync(dir, { recursive: true });
});
