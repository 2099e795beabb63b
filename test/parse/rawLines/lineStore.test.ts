import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { LineStore } from '../../../src/parse/rawLines/lineStore.js';
import { hdfsLine, parseInto, settingsFor, withFolder } from '../fixtures.js';

/** 2.5 blocks; line 3 isn't an event; lines end in CRLF. */
const LINES = Array.from({ length: 45_000 }, (_, i) =>
  i === 2 ? 'no event' : hdfsLine(`Served blk_${i} to é${i}`, i),
);
const LOG = `\ufeff${LINES.join('\r\n')}`;
const ROWS = [44_998, 0, 2, 12_345, 0, 20_000];

function lineOf(row: number): number {
  return row < 2 ? row : row + 1;
}

function read(
  log: string | Buffer,
  name: string,
  keepLines: boolean,
  change: (file: string) => Promise<void> = async () => {},
  rows: number[] = ROWS,
) {
  return withFolder(async (dir) => {
    const file = join(dir, name);
    await writeFile(file, log);
    const settings = settingsFor([file], { split: { protocol: 'paper' }, parse: { keepLines } });
    return parseInto(join(dir, 'run'), settings, async (run) => {
      await change(file);
      const store = await LineStore.open(run);
      const lines = await store.read(rows);
      await store.close();
      return { lines, file, bytes: (await stat(await run.require('lines'))).size };
    });
  });
}

describe('line store', () => {
  it.each([
    ['a.log', true],
    ['a.log', false],
    ['a.gz', true],
    ['a.gz', false],
  ])('gives the raw lines of events, %s, kept: %s', async (name, kept) => {
    const { lines, file } = await read(name === 'a.gz' ? gzipSync(LOG) : LOG, name, kept);
    expect(lines).toEqual(ROWS.map((row) => ({ file, line: lineOf(row) + 1, text: LINES[lineOf(row)] })));
  });

  it('joins lines that lie in two blocks', async () => {
    const rows = [...Array(44_999).keys()];
    const { lines } = await read(LOG, 'a.log', true, undefined, rows);
    expect(lines.map((line) => line?.text)).toEqual(rows.map((row) => LINES[lineOf(row)]));
  });

  it('works without the source when lines are kept', async () => {
    const { lines } = await read(LOG, 'a.log', true, (file) => rm(file));
    expect(lines.map((line) => line?.text)).toEqual(ROWS.map((row) => LINES[lineOf(row)]));
  });

  it('gives nothing from a source that is gone', async () => {
    const { lines, bytes } = await read(LOG, 'a.log', false, (file) => rm(file));
    expect(lines).toEqual(ROWS.map(() => undefined));
    expect(bytes).toBeLessThan(2000);
  });

  it('gives nothing from the blocks of a source that have changed', async () => {
    const { lines } = await read(LOG, 'a.log', false, (file) =>
      writeFile(file, LOG.replace('Served blk_0 ', 'served blk_0 ')),
    );
    expect(lines.map((line) => line !== undefined)).toEqual([true, false, false, false, false, true]);
  });
});
