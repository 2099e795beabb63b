import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { Drain } from '../../src/parse/drain/drain.js';
import { templatesFromCsv } from '../../src/parse/drain/templateTable.js';
import { contentScanner } from '../../src/parse/masks/contentScanner.js';
import { resolveMasks } from '../../src/parse/masks/masks.js';
import { allEvents, DATA, HAS_DATA, parseInto, settingsFor, withFolder } from './fixtures.js';

interface Grouping {
  lines: number;
  templates: number;
  ids: string;
  texts: string;
}

const golden: { real: Record<string, Grouping> } = JSON.parse(
  readFileSync(new URL('drain/golden/drain3.json', import.meta.url), 'utf8'),
);
const SYSTEMS = Object.keys(golden.real).filter((name) => !name.startsWith('HDFS_2pct'));

function grouping(ids: readonly unknown[], templates: string[]): Grouping {
  const sha256 = (lines: readonly unknown[]) =>
    createHash('sha256')
      .update(lines.map((line) => `${line}\n`).join(''))
      .digest('hex');
  return { lines: ids.length, templates: templates.length, ids: sha256(ids), texts: sha256(templates) };
}

describe.skipIf(!HAS_DATA)(`real logs${HAS_DATA ? '' : ` (no logs in ${DATA}: set LOGBERT_TEST_DATA)`}`, () => {
  it.each(SYSTEMS)('%s is grouped as by Drain3', (system) => {
    const csv = readFileSync(join(DATA, 'loghub_2k', system, `${system}_2k.log_structured.csv`), 'utf8');
    const rows = Papa.parse<{ Content: string }>(csv, { header: true, skipEmptyLines: true }).data;
    const scanner = contentScanner(resolveMasks(['BLOCK', 'IP', 'PATH']), undefined);
    const drain = new Drain({ depth: 4, similarity: 0.4, maxChildren: 100 });
    const ids = rows.map(({ Content }) => {
      const bytes = Buffer.from(Content);
      scanner.scan(bytes, 0, bytes.length);
      return drain.learn(scanner.found.maskedTokens()).id;
    });
    const templates = drain.clusters.map(({ tokens }) => tokens.join(' '));
    expect(grouping(ids, templates)).toEqual(golden.real[system]);
  });

  it.each([
    ['HDFS_2pct', {}],
    ['HDFS_2pct depth 5, similarity .5', { depth: 5, similarity: 0.5 }],
  ])('%s is parsed as by Drain3', async (name, drain) => {
    await withFolder(async (dir) => {
      const masks = ['BLOCK', 'IP', 'PATH'];
      const settings = settingsFor([join(DATA, 'hdfs', 'HDFS_2pct.log.gz')], {
        drain: { ...drain, masks },
        split: { protocol: 'paper' },
      });
      await parseInto(dir, settings, async (run, summary) => {
        expect(summary).toMatchObject({ linesIn: 222_579, parsed: 222_579, withoutId: 0 });
        const templates = templatesFromCsv(readFileSync(await run.require('templates'), 'utf8'));
        const events = await allEvents(run);
        expect(
          grouping(
            events.map(({ template }) => template),
            templates.map(({ template }) => template),
          ),
        ).toEqual(golden.real[name]);
        expect(templates.reduce((sum, { count }) => sum + count, 0)).toBe(222_579);
        expect(new Set(events.flatMap(({ sessions }) => sessions)).size).toBe(11_501);
      });
    });
  });

  it('HDFS_2pct has its strict border at the first line of the 5,751st session', async () => {
    await withFolder(async (dir) => {
      await parseInto(dir, settingsFor([join(DATA, 'hdfs', 'HDFS_2pct.log.gz')]), async (run, summary) => {
        expect(summary.border).toMatchObject({ row: 121_207, line: 121_208, sessionsBefore: 5750 });
        expect(summary.templates).toBeGreaterThan(15);
        expect(summary.unmatched).toBeLessThan(100);
        const events = await allEvents(run);
        const seen = new Set(events.slice(0, 121_207).flatMap(({ sessions }) => sessions as string[]));
        expect(seen.size).toBe(5750);
        expect(seen.has((events[121_207].sessions as string[])[0])).toBe(false);
      });
    });
  });

  it('HDFS_2k has three lines that name several blocks', async () => {
    await withFolder(async (dir) => {
      const settings = settingsFor([join(DATA, 'loghub_2k', 'HDFS', 'HDFS_2k.log')], { split: { protocol: 'paper' } });
      await parseInto(dir, settings, async (run, summary) => {
        expect(summary).toMatchObject({ linesIn: 2000, parsed: 2000, rejected: 0 });
        const events = await allEvents(run);
        expect(events.filter(({ sessions }) => (sessions as string[]).length > 1)).toHaveLength(3);
      });
    });
  });
});
