import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readSource, type SourceOptions } from '../../../src/parse/input/source.js';
import { allEvents, hdfsLine, parseInto, settingsFor, withFolder } from '../fixtures.js';

const PAPER = { split: { protocol: 'paper' } } as const;
/** Not compressible, so that chunks of the packed stream are many. */
const LINES = Array.from({ length: 30_000 }, (_, i) =>
  hdfsLine(`Served blk_${Math.imul(i + 1, 0x9e3779b1)} in ${i}`, i),
);

async function read(file: string, options?: SourceOptions): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readSource(file, options)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('source', () => {
  it('unpacks gzip by its first bytes, whatever the name, in one member or more', async () => {
    await withFolder(async (dir) => {
      const text = LINES.join('\n');
      for (const [name, bytes] of [
        ['a.log', Buffer.from(text)],
        ['a.gz', gzipSync(text)],
        ['packed.log', gzipSync(text)],
        ['two.gz', Buffer.concat([gzipSync(text.slice(0, 1000)), gzipSync(text.slice(1000))])],
      ] as const) {
        await writeFile(join(dir, name), bytes);
        expect((await read(join(dir, name))).toString()).toBe(text);
      }
    });
  });

  it('reads a file no further than its limit', async () => {
    await withFolder(async (dir) => {
      await writeFile(join(dir, 'a.log'), 'abcdef');
      expect((await read(join(dir, 'a.log'), { limit: 4, chunkBytes: 3 })).toString()).toBe('abcd');
    });
  });

  it('gives all that comes before damage, and then says what it is', async () => {
    await withFolder(async (dir) => {
      const file = join(dir, 'a.gz');
      const packed = gzipSync(LINES.join('\n'));
      const parse = () => parseInto(join(dir, 'run'), settingsFor([file], PAPER), () => {});
      await writeFile(file, packed.subarray(0, packed.length / 2));
      const failure = parse();
      await expect(failure).rejects.toThrow(/a\.gz is a damaged gzip file after line [\d,]+: it ends too early/);
      const message = await failure.then(String, String);
      const line = Number(/line ([\d,]+)/.exec(message)?.[1].replace(',', ''));
      expect(line).toBeGreaterThan(14_000);
      expect(line).toBeLessThan(16_000);
      const damaged = Buffer.from(packed);
      damaged.fill(0xff, 100_000, 100_050);
      await writeFile(file, damaged);
      await expect(parse()).rejects.toThrow(/is a damaged gzip file after line/);
      await writeFile(file, 'plain text');
      await expect(parse()).rejects.toThrow("isn't gzip-compressed, though its name ends in .gz");
    });
  });

  it('counts offsets in what a packed file unpacks to', async () => {
    await withFolder(async (dir) => {
      const file = join(dir, 'a.gz');
      await writeFile(file, gzipSync(LINES.join('\n')));
      const events = await parseInto(join(dir, 'run'), settingsFor([file], PAPER), allEvents);
      let offset = 0;
      const wrong = events.filter((event, i) => {
        const expected = offset;
        offset += Buffer.byteLength(LINES[i]) + 1;
        return event.offset !== expected;
      });
      expect(events).toHaveLength(30_000);
      expect(wrong).toEqual([]);
    });
  });
});
