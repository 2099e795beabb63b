import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildSessions } from '../../../src/data/buildSessions.js';
import { loadSessions } from '../../../src/data/sessions.js';
import {
  diffTemplates,
  listTemplates,
  mergeTemplates,
  renameTemplate,
  splitTemplate,
} from '../../../src/parse/drain/templates.js';
import { silent } from '../../../src/progress.js';
import { RunFolder } from '../../../src/run/folder.js';
import { allEvents, hdfsLine, parseInto, settingsFor, withFolder } from '../fixtures.js';

const LINES = ['begin blk_1 now', 'stop of blk_1', 'start with blk_2 of it', 'begin blk_2 now', 'stop of blk_2'];

/** A parsed run with three templates. */
async function withRun(use: (dir: string, log: string) => Promise<void>, lines = LINES): Promise<void> {
  await withFolder(async (folder) => {
    const log = join(folder, 'a.log');
    await writeFile(log, lines.map((line, i) => `${hdfsLine(line, i)}\n`).join(''));
    const dir = join(folder, 'run');
    await parseInto(dir, settingsFor([log], { split: { protocol: 'paper' } }), () => {});
    await use(dir, log);
  });
}

async function inRun<T>(dir: string, use: (run: RunFolder) => Promise<T>): Promise<T> {
  const run = await RunFolder.open(dir);
  try {
    return await use(run);
  } finally {
    await run.close();
  }
}

describe('templates', () => {
  it('are listed with counts, found by text, and shown with raw lines', async () => {
    await withRun(async (dir, log) => {
      expect(await listTemplates(dir)).toMatchObject([
        { id: 0, count: 2, template: 'begin <BLOCK> now' },
        { id: 1, count: 2, template: 'stop of <BLOCK>' },
        { id: 2, count: 1, template: 'start with <BLOCK> of it' },
      ]);
      const [found, ...others] = await listTemplates(dir, { search: 'STOP', examples: true });
      expect(others).toEqual([]);
      expect(found.examples).toEqual([
        { file: log, line: 2, text: hdfsLine(LINES[1], 1) },
        { file: log, line: 5, text: hdfsLine(LINES[4], 4) },
      ]);
    });
  });

  it('are listed of a parser alone too', async () => {
    await withRun(async (dir) => {
      expect((await listTemplates(join(dir, 'parser.json'))).map(({ count }) => count)).toEqual([2, 2, 1]);
      await expect(listTemplates(join(dir, 'nothing.json'))).rejects.toThrow("Can't read the parser");
      await expect(listTemplates(join(dir, 'nothing'))).rejects.toThrow(`No run in ${join(dir, 'nothing')}.`);
    });
  });

  it('differ between parsers', async () => {
    await withRun(async (a) => {
      const lines = ['begin blk_1 now', 'begin blk_1 here', 'stop of blk_1', 'another thing of blk_7'];
      await withRun(async (b) => {
        const { same, generalized, onlyA, onlyB } = await diffTemplates(a, b);
        expect(same).toBe(1);
        expect(generalized).toMatchObject([
          { from: { template: 'begin <BLOCK> now' }, to: { template: 'begin <BLOCK> <*>' } },
        ]);
        expect(onlyA.map(({ template }) => template)).toEqual(['start with <BLOCK> of it']);
        expect(onlyB.map(({ template }) => template)).toEqual(['another thing of <BLOCK>']);
      }, lines);
    });
  });

  it('are merged by hand: sessions are stale, then hold the one id; so do lines parsed later', async () => {
    await withRun(async (dir, log) => {
      const settings = settingsFor([log], { split: { protocol: 'paper' } });
      await inRun(dir, (run) => buildSessions(settings, run, silent));
      expect(await mergeTemplates(dir, 0, [2])).toMatchObject({ id: 0, count: 3, merged: [2] });
      await inRun(dir, async (run) => {
        await expect(run.require('sequences')).rejects.toThrow(/stale: parser.json has changed/);
        expect(await run.fault('events')).toBeUndefined();
        await buildSessions(settings, run, silent);
        const { events } = await loadSessions(run);
        expect([...new Set(events)].sort()).toEqual([0, 1]);
      });
      const again = settingsFor([log], { parse: { parser: join(dir, 'parser.json'), matchOnly: true } });
      await withFolder((other) =>
        parseInto(join(other, 'run'), { ...again, split: settings.split }, async (run) => {
          expect((await allEvents(run)).map(({ template }) => template)).toEqual([0, 1, 0, 0, 1]);
        }),
      );
    });
  });

  it('merge transitively, split again, and keep their names', async () => {
    await withRun(async (dir) => {
      await mergeTemplates(dir, 1, [2]);
      expect(await mergeTemplates(dir, 0, [1])).toMatchObject({ id: 0, count: 5, merged: [1, 2] });
      await expect(mergeTemplates(dir, 1, [0])).rejects.toThrow('Template 1 is itself merged into 0.');
      await expect(mergeTemplates(dir, 0, [0])).rejects.toThrow("can't be merged into itself");
      await expect(mergeTemplates(dir, 0, [9])).rejects.toThrow('There is no template 9');
      expect(await splitTemplate(dir, 2)).toMatchObject({ id: 2, count: 1 });
      expect(await renameTemplate(dir, 2, 'odd start')).toMatchObject({ id: 2, name: 'odd start' });
      expect(await listTemplates(dir, { search: 'odd' })).toHaveLength(1);
      const saved = JSON.parse(await readFile(join(dir, 'parser.json'), 'utf8'));
      expect(saved.clusters[2]).toMatchObject({ id: 2, name: 'odd start' });
    });
  });
});
