import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { templatesFromCsv } from '../../src/parse/drain/templateTable.js';
import { loadLedger } from '../../src/parse/ledger.js';
import { parseLogs } from '../../src/parse/parse.js';
import { LineStore } from '../../src/parse/rawLines/lineStore.js';
import { silent } from '../../src/progress.js';
import { RunFolder } from '../../src/run/folder.js';
import { allEvents, hdfsLine, parseInto, settingsFor, withFolder } from './fixtures.js';

const PAPER = { split: { protocol: 'paper' } } as const;

const LOG = [
  hdfsLine('Receiving block blk_1 src: /10.0.0.1:80', 1),
  '',
  'not a log line \x1b[31m<b>',
  hdfsLine('Receiving block blk_-2 src: /10.0.0.2:80', 2),
  hdfsLine('Copied blk_1 from blk_-2, blk_1 for user anna', 3),
  '   \t',
  hdfsLine('Copied blk_-2 from blk_1, blk_-2 for user é漢', 4),
  hdfsLine('x'.repeat(300), 5),
  hdfsLine('No block here', 6),
  '',
].join('\n');

function inFolder(log: string | Buffer, use: (file: string, dir: string) => Promise<void>) {
  return async () =>
    withFolder(async (dir) => {
      const file = join(dir, 'a.log');
      await writeFile(file, log);
      await use(file, join(dir, 'run'));
    });
}

describe('parseLogs', () => {
  it(
    'turns lines into events, templates and a ledger that adds up',
    inFolder(LOG, async (file, dir) => {
      const settings = settingsFor([file], { ...PAPER, parse: { maxLineBytes: 200 } });
      await parseInto(dir, settings, async (run, summary) => {
        expect(summary).toMatchObject({ linesIn: 9, parsed: 5, rejected: 2, joined: 0, blank: 2, withoutId: 1 });
        expect(await loadLedger(await run.require('ledger'))).toMatchObject({ parsed: 5, border: null, files: [file] });
        const events = await allEvents(run);
        expect(events).toHaveLength(5);
        expect(events[1]).toEqual({
          file,
          line: 4,
          offset: Buffer.byteLength(LOG.split('\n').slice(0, 3).join('\n')) + 1,
          time: Date.UTC(2008, 10, 9, 20, 35, 2),
          lines: 1,
          template: 0,
          sessions: ['blk_-2'],
          parameters: ['blk_-2', '10.0.0.2:80'],
          level: 'INFO',
          component: 'dfs.DataNode',
          node: '',
          alert: null,
        });
        expect(events.map(({ template }) => template)).toEqual([0, 0, 1, 1, 2]);
        expect(events.map(({ sessions }) => sessions)).toEqual([
          ['blk_1'],
          ['blk_-2'],
          ['blk_1', 'blk_-2'],
          ['blk_-2', 'blk_1'],
          [],
        ]);
        expect(events[3].parameters).toEqual(['blk_-2', 'blk_1', 'blk_-2', 'é漢']);
        const templates = templatesFromCsv(await readFile(await run.require('templates'), 'utf8'));
        expect(templates).toEqual([
          {
            id: 0,
            template: 'Receiving block <BLOCK> src: /<IP>',
            count: 2,
            example: 'Receiving block blk_1 src: /10.0.0.1:80',
          },
          {
            id: 1,
            template: 'Copied <BLOCK> from <BLOCK>, <BLOCK> for user <*>',
            count: 2,
            example: 'Copied blk_1 from blk_-2, blk_1 for user anna',
          },
          { id: 2, template: 'No block here', count: 1, example: 'No block here' },
        ]);
        expect(await readFile(await run.require('rejected'), 'utf8')).toBe(
          `${file}:3\tnot a log line \x1b[31m<b>\n${file}:8\t${hdfsLine('x'.repeat(300), 5).slice(0, 200)}... (cut: ${hdfsLine('x'.repeat(300)).length} bytes)\n`,
        );
      });
    }),
  );

  it(
    'gives the same events for any size of chunk',
    inFolder(`\ufeff${LOG.replaceAll('\n', '\r\n')}`, async (file, dir) => {
      const settings = settingsFor([file], PAPER);
      const whole = await parseInto(dir, settings, allEvents);
      expect(whole).toHaveLength(6);
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (chunkBytes) => {
          expect(await parseInto(dir, settings, allEvents, { chunkBytes })).toEqual(whole);
        }),
        { numRuns: 8 },
      );
    }),
  );

  it(
    'writes equal bytes for equal input',
    inFolder(LOG, async (file, dir) => {
      const hashes = () =>
        parseInto(dir, settingsFor([file], PAPER), (run) =>
          (['events', 'lines', 'parser', 'templates'] as const).map((name) => run.sha256(name)),
        );
      expect(await hashes()).toEqual(await hashes());
    }),
  );

  it('always accounts for every line', async () => {
    const line = fc.oneof(
      fc.constantFrom(
        '',
        ' ',
        '\t',
        'nonsense',
        '081109 203518 1 INFO x',
        hdfsLine('a'),
        hdfsLine(''),
        hdfsLine('blk_7 read'),
      ),
      fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', '')),
    );
    await withFolder(async (dir) => {
      const file = join(dir, 'a.log');
      await fc.assert(
        fc.asyncProperty(fc.array(line, { maxLength: 15 }), async (lines) => {
          const log = [hdfsLine('blk_1'), ...lines].join('\n');
          await writeFile(file, log);
          await parseInto(join(dir, 'run'), settingsFor([file], PAPER), async (run, ledger) => {
            expect(ledger.linesIn).toBe(log.endsWith('\n') ? log.split('\n').length - 1 : log.split('\n').length);
            expect(ledger.linesIn).toBe(ledger.parsed + ledger.rejected + ledger.joined + ledger.blank);
            const events = await allEvents(run);
            expect(events).toHaveLength(ledger.parsed);
            expect(events.filter(({ sessions }) => (sessions as string[]).length === 0)).toHaveLength(ledger.withoutId);
          });
        }),
        { numRuns: 10 },
      );
    });
  });

  it('fills several row groups', async () => {
    await withFolder(async (dir) => {
      const file = join(dir, 'a.log');
      const lines = Array.from({ length: 70_000 }, (_, i) =>
        hdfsLine(i % 7 === 0 ? 'idle' : `Serving blk_${i % 9000} to user_${i}`, i),
      );
      await writeFile(file, lines.join('\n'));
      await parseInto(join(dir, 'run'), settingsFor([file], PAPER), async (run) => {
        const events = await allEvents(run);
        expect(events).toHaveLength(70_000);
        for (const row of [0, 1, 65_535, 65_536, 69_999]) {
          expect(events[row]).toMatchObject({
            line: row + 1,
            sessions: row % 7 === 0 ? [] : [`blk_${row % 9000}`],
            parameters: row % 7 === 0 ? [] : [`blk_${row % 9000}`, `user_${row}`].slice(0, row === 1 ? 1 : 2),
          });
        }
      });
    });
  });

  it('reads several files as one stream', async () => {
    await withFolder(async (dir) => {
      const files = [join(dir, 'a.log'), join(dir, 'b.log')];
      await writeFile(files[0], `${hdfsLine('blk_1 a')}\n${hdfsLine('blk_1 b')}`);
      await writeFile(files[1], hdfsLine('blk_1 a'));
      await parseInto(join(dir, 'run'), settingsFor(files, PAPER), async (run) => {
        const events = await allEvents(run);
        expect(events.map(({ file, line, offset }) => [file, line, offset])).toEqual([
          [files[0], 1, 0],
          [files[0], 2, hdfsLine('blk_1 a').length + 1],
          [files[1], 1, 0],
        ]);
      });
    });
  });

  it('reads standard input, with a border as well', async () => {
    await withFolder(async (dir) => {
      for (const protocol of ['paper', 'strict'] as const) {
        const stdin = async function* () {
          yield Buffer.from(`${hdfsLine('blk_1 a')}\n${hdfsLine('bl')}`);
          yield Buffer.from(`k_2 a\n`);
        };
        const settings = settingsFor(['-'], { split: { protocol } });
        await parseInto(
          join(dir, protocol),
          settings,
          async (run, summary) => {
            expect(summary).toMatchObject({ parsed: 2, files: ['-'] });
            expect((await allEvents(run)).map(({ file, sessions }) => [file, sessions])).toEqual([
              ['-', ['blk_1']],
              ['-', ['blk_2']],
            ]);
          },
          { stdin: stdin() },
        );
        expect(readdirSync(join(dir, protocol)).filter((name) => name.includes('stdin'))).toEqual([]);
      }
    });
  });
});

describe('strict protocol', () => {
  const log = [
    'rejected',
    hdfsLine('blk_1 opened by anna'),
    hdfsLine('blk_2 opened by bert'),
    hdfsLine('blk_1 closed'),
    'rejected too',
    hdfsLine('blk_3 opened by carl'),
    hdfsLine('blk_1 failed badly'),
    hdfsLine('blk_2 closed'),
    hdfsLine('blk_4 opened by dora'),
  ].join('\n');

  it(
    'learns before the first line of the first session beyond the fraction, and only matches after it',
    inFolder(log, async (file, dir) => {
      await parseInto(dir, settingsFor([file]), async (run, summary) => {
        expect(summary.border).toEqual({ row: 3, file, line: 6, sessionsBefore: 2 });
        expect(summary).toMatchObject({ templates: 2, unmatched: 1 });
        expect((await allEvents(run)).map(({ template }) => template)).toEqual([0, 0, 1, 0, -1, 1, 0]);
      });
    }),
  );

  it(
    'puts the border at a line where no line names a session',
    inFolder(Array.from({ length: 10 }, (_, i) => hdfsLine(`word${'abcdefghij'[i]}`)).join('\n'), async (file, dir) => {
      await parseInto(dir, settingsFor([file], { split: { trainFraction: 0.3 } }), (_run, summary) => {
        expect(summary.border).toEqual({ row: 3, file, line: 4, sessionsBefore: null });
        expect(summary.unmatched).toBe(7);
      });
    }),
  );

  it(
    'keeps sessions that begin in one line on one side',
    inFolder([hdfsLine('blk_1'), hdfsLine('blk_2 blk_3 blk_4'), hdfsLine('blk_5')].join('\n'), async (file, dir) => {
      await parseInto(dir, settingsFor([file], { split: { trainFraction: 0.6 } }), (_run, summary) => {
        expect(summary.border).toMatchObject({ row: 1, sessionsBefore: 1 });
      });
    }),
  );

  it(
    'says so when a side would be empty',
    inFolder(hdfsLine('blk_1'), async (file, dir) => {
      await expect(parseInto(dir, settingsFor([file]), () => {})).rejects.toThrow(
        /needs a session on each side.*--protocol paper/,
      );
    }),
  );
});

describe('a saved parser', () => {
  const first = [hdfsLine('blk_1 opened by anna'), hdfsLine('blk_1 opened by bert'), hdfsLine('shutdown')].join('\n');
  const second = [hdfsLine('reboot now'), hdfsLine('shutdown'), hdfsLine('blk_9 opened by zoe')].join('\n');

  it(
    'goes on learning without giving an id twice',
    inFolder(first, async (file, dir) => {
      const parser = await parseInto(dir, settingsFor([file], PAPER), (run) => run.require('parser'));
      await writeFile(file, second);
      const settings = settingsFor([file], { ...PAPER, parse: { parser } });
      await parseInto(`${dir}-2`, settings, async (run) => {
        expect((await allEvents(run)).map(({ template }) => template)).toEqual([2, 1, 0]);
      });
    }),
  );

  it(
    'never learns with matchOnly, be it given or the one of the run',
    inFolder(first, async (file, dir) => {
      const parser = await parseInto(dir, settingsFor([file], PAPER), (run) => run.require('parser'));
      const templates = JSON.parse(readFileSync(parser, 'utf8')).clusters.map(
        ({ template }: { template: string[] }) => template,
      );
      await writeFile(file, second);
      for (const [folder, given] of [
        [`${dir}-2`, parser],
        [dir, undefined],
      ] as const) {
        const settings = settingsFor([file], { ...PAPER, parse: { matchOnly: true, parser: given } });
        await parseInto(folder, settings, async (run, summary) => {
          expect((await allEvents(run)).map(({ template }) => template)).toEqual([-1, 1, 0]);
          expect(summary).toMatchObject({ unmatched: 1, templates: 2, matchOnly: true });
          const after = JSON.parse(await readFile(await run.require('parser'), 'utf8'));
          expect(after.clusters.map(({ template }: { template: string[] }) => template)).toEqual(templates);
        });
      }
    }),
  );

  it(
    'is asked for when there is none, and refused when it is not one',
    inFolder(first, async (file, dir) => {
      const parse = (parser?: string) =>
        parseInto(dir, settingsFor([file], { ...PAPER, parse: { matchOnly: true, parser } }), () => {});
      await expect(parse()).rejects.toMatchObject({ exitCode: 1, next: `logbert parse FILE --run ${dir}` });
      await expect(parse('nowhere.json')).rejects.toThrow("Can't read the parser nowhere.json: there is no such file.");
      await expect(parse(file)).rejects.toThrow(/isn't a parser that logbert wrote/);
      for (const wrong of ['{}', '{"format":"logbert-parser","version":2}', '[]']) {
        await writeFile(`${file}.json`, wrong);
        await expect(parse(`${file}.json`)).rejects.toThrow(/isn't a parser that logbert wrote/);
      }
    }),
  );
});

describe('bad input', () => {
  const fails = (log: string | Buffer, message: string | RegExp) =>
    inFolder(log, async (file, dir) => {
      const run = await RunFolder.open(dir, { create: true });
      const failure = parseLogs(settingsFor([file], { ...PAPER, input: { format: 'hdfs' } }), run, silent);
      await expect(failure).rejects.toThrow(typeof message === 'string' ? message.replaceAll('FILE', file) : message);
      await expect(failure).rejects.toMatchObject({ exitCode: 1 });
      await run.close();
      expect(readdirSync(dir).filter((name) => name !== 'run.json')).toEqual([]);
    });

  it('empty', fails('', 'FILE is empty.'));
  it('blank', fails('\n \n\n', 'FILE has only blank lines.'));
  it('UTF-16', fails(Buffer.from('\ufeffhello', 'utf16le'), 'FILE is UTF-16; expected UTF-8.'));
  it('binary', fails(Buffer.from([1, 2, 0, 3]), "FILE isn't a text file (it has NUL bytes)"));
  it(
    'of another format',
    fails(
      '2024 \x1b[31mhello\n',
      /None of the 1 lines has the layout.*Expected a line like '081109 203518 143 INFO.*line 1: '2024 \ufffd\[31mhello'/,
    ),
  );

  it('no file, missing file, folder', async () => {
    await withFolder(async (dir) => {
      const parse = (files: string[]) => parseInto(join(dir, 'run'), settingsFor(files), () => {});
      await expect(parse([])).rejects.toMatchObject({ exitCode: 2 });
      await expect(parse(['-', '-'])).rejects.toMatchObject({ exitCode: 2 });
      await expect(parse([join(dir, 'no.log')])).rejects.toThrow(`There is no file ${join(dir, 'no.log')}.`);
      await expect(parse([dir])).rejects.toThrow(`The folder ${dir} holds no file to read.`);
    });
  });
});

describe('personal data', () => {
  it('is nowhere in a run that masks it', async () => {
    await withFolder(async (folder) => {
      const log = join(folder, 'a.log');
      const secrets = ['anna@example.org', '10.9.8.7', 'hunter2'];
      const lines = [
        ...secrets.map((value) => hdfsLine(`blk_1 sent to user=${value} password=${value}`)),
        `odd ${secrets}`,
      ];
      await writeFile(log, lines.map((line) => `${line}\n`).join(''));
      const settings = settingsFor([log], { parse: { pii: true }, split: { protocol: 'paper' } });
      await parseInto(join(folder, 'run'), settings, async (run, summary) => {
        expect(summary).toMatchObject({ linesIn: 4, parsed: 3, rejected: 1 });
        const store = await LineStore.open(run);
        const kept = await store.read([0, 1, 2]);
        await store.close();
        const rest = await Promise.all(
          (['parser', 'templates', 'rejected'] as const).map((name) => readFile(run.path(name), 'utf8')),
        );
        const all = JSON.stringify([kept, await allEvents(run), rest]);
        expect(all).toContain('password=<SECRET>');
        for (const value of secrets.slice(0, 2)) expect(all).not.toContain(value);
      });
    });
  });

  it('needs a copy of the lines', async () => {
    await withFolder(async (folder) => {
      const log = join(folder, 'a.log');
      await writeFile(log, `${hdfsLine('blk_1 x')}\n`);
      const settings = settingsFor([log], { parse: { pii: true, keepLines: false } });
      await expect(parseInto(join(folder, 'run'), settings, () => {})).rejects.toThrow('--mask-pii needs --keep-lines');
    });
  });
});
