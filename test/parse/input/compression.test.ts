import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BrokenSource, readSource, type SourceOptions } from '../../../src/parse/input/source.js';
import { withFolder } from '../fixtures.js';
import { PACKED, TEXT } from './packed.js';

const ARCHIVES: [string, string, Buffer][] = [
  ['gz', 'gzip', gzipSync(TEXT)],
  ['zst', 'Zstandard', Buffer.from(PACKED.zst, 'base64')],
  ['xz', 'xz', Buffer.from(PACKED.xz, 'base64')],
  ['bz2', 'bzip2', Buffer.from(PACKED.bz2, 'base64')],
];

async function read(bytes: Buffer, name: string, options?: SourceOptions): Promise<string> {
  return withFolder(async (dir) => {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, name), bytes);
    const chunks: Buffer[] = [];
    for await (const chunk of readSource(join(dir, name), options)) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  });
}

describe.each(ARCHIVES)('.%s', (ending, name, packed) => {
  it('is told by its first bytes, whatever its name and the size of the chunks', async () => {
    expect(await read(packed, `a.${ending}`)).toBe(TEXT);
    expect(await read(packed, 'a.log', { chunkBytes: 100 })).toBe(TEXT);
  });

  it('may be several packed files, one after the other', async () => {
    expect(await read(Buffer.concat([packed, packed]), `a.${ending}`, { chunkBytes: 333 })).toBe(TEXT + TEXT);
  });

  it('is damaged wherever it is cut', async () => {
    for (const end of [packed.length - 1, packed.length - 9, Math.floor(packed.length / 2), 20]) {
      const cut = read(packed.subarray(0, end), `a.${ending}`);
      await expect(cut).rejects.toMatchObject({ compression: name });
    }
  });

  it('ends without a fault where the reader stops', async () => {
    await withFolder(async (dir) => {
      writeFileSync(join(dir, 'a'), packed);
      for await (const chunk of readSource(join(dir, 'a'))) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
    });
  });

  it('refuses other content under its name', async () => {
    await expect(read(Buffer.from('plain text'), `a.${ending}`)).rejects.toThrow(
      `isn't ${name}-compressed, though its name ends in .${ending}`,
    );
  });
});

it.each(['xz', 'bz2'] as const)('damage in .%s is noticed', async (ending) => {
  const packed = Buffer.from(PACKED[ending], 'base64');
  packed[packed.length >> 1] ^= 0x55;
  await expect(read(packed, `a.${ending}`)).rejects.toBeInstanceOf(BrokenSource);
});

it('a plain log that begins like a bzip2 file is a plain log', async () => {
  expect(await read(Buffer.from('BZh is here\n'), 'a.log')).toBe('BZh is here\n');
});
