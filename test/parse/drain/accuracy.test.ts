import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { settingsSchema } from '../../../src/config/schema.js';
import { accuracyOf, templatesOf } from '../../../src/parse/drain/accuracy.js';
import { DATA, HAS_DATA } from '../fixtures.js';

interface Profile {
  published: number;
  drain: object;
}

const profile: Record<string, Profile> = JSON.parse(readFileSync('bench/accuracy/benchmark.json', 'utf8'));

describe('accuracy of templates', () => {
  it('is 1 for the truth', () => {
    const truth = ['a <*>', 'b', 'a <*>'];
    expect(accuracyOf(truth, truth)).toEqual({ ga: 1, fga: 1, pa: 1, fta: 1, found: 2, expected: 2 });
  });

  it('counts groups whatever their text, and texts as they are', () => {
    expect(accuracyOf(['a <*>', 'b', 'a <*>'], ['<*> <*>', 'b', '<*> <*>'])).toMatchObject({
      ga: 1,
      fga: 1,
      pa: 1 / 3,
      fta: 0.5,
    });
  });

  it('counts no group that is split or joined', () => {
    // Found: {0}, {1, 2, 3}, {4}; true: {0, 1}, {2, 3}, {4}.
    const found = accuracyOf(['a', 'a', 'b', 'b', 'c'], ['a', 'b', 'b', 'b', 'c']);
    expect(found).toMatchObject({ ga: 0.2, fga: 1 / 3, pa: 0.8 });
    // The group of `a` is too small, but all of it is `a`; that of `b` holds an `a`.
    expect(found.fta).toBeCloseTo(2 / 3);
  });

  it('is that of templates after all messages, with masks as wildcards', () => {
    const { drain } = settingsSchema.parse({ drain: { masks: ['IP', { name: '*', pattern: 'x\\d' }] } });
    const messages = ['open 10.0.0.1 by x1', 'open 10.0.0.2 by anna', 'open x7 by bert'];
    expect(templatesOf(messages.slice(0, 1), drain)).toEqual(['open <*> by <*>']);
    expect(templatesOf(messages, drain)).toEqual(Array(3).fill('open <*> by <*>'));
  });
});

describe.skipIf(!HAS_DATA)(`Loghub's samples${HAS_DATA ? '' : ` (no logs in ${DATA}: set LOGBERT_TEST_DATA)`}`, () => {
  const gaOf = (system: string) => {
    const csv = readFileSync(join(DATA, 'loghub_2k', system, `${system}_2k.log_structured.csv`), 'utf8');
    const rows = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true }).data;
    const { drain } = settingsSchema.parse({ drain: profile[system].drain });
    const templates = templatesOf(
      rows.map(({ Content }) => Content),
      drain,
    );
    return accuracyOf(
      rows.map(({ EventTemplate }) => EventTemplate),
      templates,
    ).ga;
  };
  const measured: number[] = [];

  it.each(Object.entries(profile))('%s is grouped as accurately as published', (system, { published }) => {
    measured.push(gaOf(system));
    expect(measured.at(-1)).toBeGreaterThan(published - 0.0005);
  });

  it('are grouped with the published mean', () => {
    expect(measured.reduce((sum, ga) => sum + ga, 0) / 16).toBeGreaterThanOrEqual(0.865);
  });
});
