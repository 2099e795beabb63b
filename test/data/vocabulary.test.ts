import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildSessions } from '../../src/data/buildSessions.js';
import { buildVocabulary, Vocabulary } from '../../src/data/vocabulary.js';
import { silent } from '../../src/progress.js';
import { settings, temporaryFolder, temporaryRun } from './support.js';

async function keyRun(train: string, testNormal = '7\n', testAbnormal = '9\n') {
  const dir = temporaryFolder();
  const files = Object.entries({ train, testNormal, testAbnormal }).map(([name, content]) => {
    writeFileSync(join(dir, name), content);
    return [name, [join(dir, name)]];
  });
  const run = await temporaryRun();
  const all = settings({ input: { keys: Object.fromEntries(files) }, split: { validationFraction: 0.3 } });
  await buildSessions(all, run, silent);
  return { run, all };
}

test('encode and decode are each other reversed, and nothing unseen has a key', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(1000)), (templates) => {
      const vocabulary = new Vocabulary(templates);
      expect(vocabulary.size).toBe(templates.length + Vocabulary.SPECIALS);
      for (const template of templates) expect(vocabulary.template(vocabulary.encode(template))).toBe(template);
      expect(templates.map((template) => vocabulary.encode(template))).toEqual(
        templates.map((_, i) => i + Vocabulary.SPECIALS),
      );
      expect(vocabulary.encode(1001)).toBe(Vocabulary.UNK);
      expect(vocabulary.encode(-1)).toBe(Vocabulary.UNK);
      expect(() => vocabulary.template(Vocabulary.MASK)).toThrow(RangeError);
      expect(() => vocabulary.template(vocabulary.size)).toThrow(RangeError);
    }),
  );
});

test('the file round trip keeps keys and texts', () => {
  const vocabulary = new Vocabulary([3, 0, 12], new Map([[3, 'Receiving block <BLOCK>']]));
  const copy = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)), 'here');
  expect(copy.toJSON()).toEqual(vocabulary.toJSON());
  expect(copy.toJSON().keys).toEqual([
    { key: 5, template: 3, text: 'Receiving block <BLOCK>' },
    { key: 6, template: 0, text: undefined },
    { key: 7, template: 12, text: undefined },
  ]);
});

test.each<[unknown, string]>([
  [null, "isn't a vocabulary"],
  [{ format: 'logbert-ledger', version: 1 }, "isn't a vocabulary"],
  [{ format: 'logbert-vocabulary', version: 2 }, 'of version 2; this logbert reads version 1'],
  [{ ...new Vocabulary([1, 2]).toJSON(), specials: ['[PAD]'] }, 'is damaged: specials'],
  [{ ...new Vocabulary([]).toJSON(), keys: [{ key: 6, template: 1 }] }, 'keys are not in order'],
  [new Vocabulary([1, 1]).toJSON(), 'a template has two keys'],
  [{ ...new Vocabulary([]).toJSON(), keys: [{ key: 5, template: 'x' }] }, 'is damaged: keys.0.template'],
])('refuses %j', (value, message) => {
  expect(() => Vocabulary.fromJSON(value, 'vocabulary.json')).toThrow(message);
});

test('refuses a file that is no JSON, and names the command that makes it', async () => {
  const path = join(temporaryFolder(), 'vocabulary.json');
  writeFileSync(path, '{"format":');
  await expect(Vocabulary.load(path)).rejects.toMatchObject({ exitCode: 1, next: 'logbert vocab' });
});

test('holds the templates of the training sessions alone, and counts what is unseen in the test', async () => {
  const { run, all } = await keyRun('5 2\n2 2\n30\n', '2 7 7\n5\n', '30 7\n9\n');
  const summary = await buildVocabulary(all, run, silent);
  expect(summary).toEqual({
    size: 7,
    specials: 5,
    templates: 2,
    train: { sessions: 2, events: 4 },
    test: { sessions: 4, events: 7 },
    unseen: {
      templates: [
        { template: 7, events: 3, text: undefined },
        { template: 9, events: 1, text: undefined },
        { template: 30, events: 1, text: undefined },
      ],
      events: 5,
      sessions: 3,
    },
  });
  const vocabulary = await Vocabulary.load(await run.require('vocabulary'));
  expect([...vocabulary.templates]).toEqual([2, 5]);
  const written = JSON.parse(readFileSync(await run.require('vocabulary'), 'utf8'));
  expect(written).toMatchObject({
    format: 'logbert-vocabulary',
    version: 1,
    keys: [{ key: 5, template: 2 }, { key: 6 }],
  });
});

test('sessions made anew make it stale', async () => {
  const { run, all } = await keyRun('1\n2\n');
  await buildVocabulary(all, run, silent);
  writeFileSync(all.input.keys?.train[0] ?? '', '1\n3\n');
  await buildSessions(all, run, silent);
  await expect(run.require('vocabulary')).rejects.toThrow('stale');
});
