import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type * as FormatsModule from '../../src/parse/formats/formats.js';
import type { BatchPlace, LineBatch } from '../../src/parse/input/lineBatch.js';
import type * as ParseModule from '../../src/parse/parse.js';
import type * as PoolModule from '../../src/parse/threads/orderedPool.js';
import { silent } from '../../src/progress.js';
import type * as FolderModule from '../../src/run/folder.js';
import { hdfsLine, settingsFor, withFolder } from './fixtures.js';

// Threads run what is built: sources aren't JavaScript.
const built = <T>(path: string): Promise<T> => import(new URL(`../../dist/${path}`, import.meta.url).href);

const ARTEFACTS = ['events.parquet', 'parser.json', 'templates.csv', 'lines.zlines', 'rejected.log', 'ledger.json'];
const CHUNK = 1 << 10;

/** What parsing leaves behind, by file. Small chunks make a log of a few kB worth several threads. */
async function parsed(log: string, dir: string, format: string, workers: number): Promise<Record<string, string>> {
  const { parseLogs } = await built<typeof ParseModule>('parse/parse.js');
  const { RunFolder } = await built<typeof FolderModule>('run/folder.js');
  const run = await RunFolder.open(join(dir, `run-${format}-${workers}`), { create: true });
  try {
    const settings = settingsFor([log], { input: { format }, parse: { workers, maxLineBytes: 300 } });
    await parseLogs(settings, run, silent, { chunkBytes: CHUNK });
    const files = await Promise.all(ARTEFACTS.map((name) => readFile(join(run.dir, name), 'base64')));
    return Object.fromEntries(ARTEFACTS.map((name, i) => [name, files[i]]));
  } finally {
    await run.close();
  }
}

const line = fc.oneof(
  { weight: 6, arbitrary: fc.nat(40).map((i) => hdfsLine(`Receiving block blk_${i} src: /10.0.0.${i}:80`, i)) },
  {
    weight: 2,
    arbitrary: fc
      .string({ unit: 'grapheme-ascii', maxLength: 30 })
      .map((text) => hdfsLine(`took ${text} of blk_7 and blk_-8`)),
  },
  fc.constantFrom('', '   ', '\tat java.lang.Thread.run(Thread.java:5)', 'Caused by: java.io.IOException', 'no header'),
  fc.integer({ min: 200, max: 2000 }).map((length) => hdfsLine('long '.repeat(length / 5))),
  fc.constant(hdfsLine('caf\u00e9 of blk_3')),
);
const log = fc.record({
  lines: fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { minLength: 30, maxLength: 60 }),
  /** Letters that are no UTF-8. */
  encoding: fc.constantFrom('latin1' as const, 'utf8' as const),
});

it('the number of threads changes no byte of what is written', async () => {
  await fc.assert(
    fc.asyncProperty(log, ({ lines, encoding }) =>
      withFolder(async (dir) => {
        const path = join(dir, 'a.log');
        const first = `${hdfsLine('begin of blk_1')}\n${hdfsLine('end of blk_2')}\n`;
        await writeFile(path, first + lines.flat().join('').repeat(8), encoding);
        const alone = await parsed(path, dir, 'hdfs', 0);
        for (const workers of [1, 3]) expect(await parsed(path, dir, 'hdfs', workers)).toEqual(alone);
      }),
    ),
    { numRuns: 3 },
  );
});

it('times that depend on the lines before them are the same with threads', async () => {
  await withFolder(async (dir) => {
    const path = join(dir, 'a.log');
    const months = ['Nov', 'Dec', 'Jan', 'Feb'];
    const lines = months.flatMap((month) =>
      Array.from({ length: 200 }, (_, i) => `${month} 11 12:34:56 combo sshd[${i}]: check pass ${i}\n`),
    );
    await writeFile(path, lines.join(''));
    expect(await parsed(path, dir, 'linux', 2)).toEqual(await parsed(path, dir, 'linux', 0));
  });
});

it('a thread that ends is one error that says what to do', async () => {
  const { OrderedPool } = await built<typeof PoolModule>('parse/threads/orderedPool.js');
  const { formatNamed } = await built<typeof FormatsModule>('parse/formats/formats.js');
  const pool = new OrderedPool<LineBatch, never, BatchPlace>({ task: 'sessions', settings: formatNamed('hdfs') }, 1);
  const bytes = Buffer.from(hdfsLine('Receiving block blk_1'));
  const batch = {
    count: 1,
    bytes,
    length: bytes.length,
    chunk: 0,
    starts: Int32Array.of(0),
    ends: Int32Array.of(bytes.length),
  };
  const place = { file: 0, firstNumber: 1, offsets: Float64Array.of(0), overlong: new Map() };
  for (let i = 0; i < 10; i++) pool.add(batch, place);
  const [{ worker }] = (pool as unknown as { threads: { worker: { terminate(): Promise<number> } }[] }).threads;
  await worker.terminate();
  const takeAll = async () => {
    for (let i = 0; i < 10; i++) {
      await pool.settled(true);
      pool.take();
    }
  };
  await expect(takeAll()).rejects.toThrow('A thread that reads lines has ended');
  await pool.close();
});
