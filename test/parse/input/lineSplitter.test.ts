import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../../src/parse/input/lineSplitter.js';

type Found = { text: string; offset: number; number: number; length?: number };

function split(chunks: Buffer[], maxLineBytes = 1000): Found[] {
  const found: Found[] = [];
  const splitter = new LineSplitter(
    {
      line: (bytes, start, end, offset, number) =>
        found.push({ text: bytes.toString('utf8', start, end), offset, number }),
      overlong: (head, length, offset, number) => found.push({ text: head.toString('utf8'), offset, number, length }),
    },
    maxLineBytes,
  );
  for (const chunk of chunks) splitter.push(chunk);
  splitter.finish();
  expect(splitter.lines).toBe(found.length);
  return found;
}

function cut(bytes: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}

describe('line splitter', () => {
  it('gives lines without their ends, with the offset of their first byte', () => {
    expect(split([Buffer.from('ab\r\n\nc\rd\nlast')])).toEqual([
      { text: 'ab', offset: 0, number: 1 },
      { text: '', offset: 4, number: 2 },
      { text: 'c\rd', offset: 5, number: 3 },
      { text: 'last', offset: 9, number: 4 },
    ]);
  });

  it('leaves a byte-order mark out', () => {
    expect(split([Buffer.from('\ufeffa\n\ufeffb\n')])).toEqual([
      { text: 'a', offset: 3, number: 1 },
      { text: '\ufeffb', offset: 5, number: 2 },
    ]);
    expect(split([Buffer.from('\ufeff')])).toEqual([]);
    expect(split([])).toEqual([]);
  });

  it('replaces bytes that are not UTF-8', () => {
    expect(split([Buffer.from([97, 0xff, 98, 10, 99, 10])])).toEqual([
      { text: 'a\ufffdb', offset: 0, number: 1 },
      { text: 'c', offset: 4, number: 2 },
    ]);
  });

  it('refuses long lines, and holds no more of them than allowed', () => {
    const long = Buffer.alloc(10 << 20, 'x');
    const chunks = [Buffer.from('a\n'), ...cut(long, 1 << 16), Buffer.from('\r\nb')];
    const found = split(chunks);
    expect(found[1]).toEqual({ text: 'x'.repeat(512), offset: 2, number: 2, length: 10 << 20 });
    expect(found[2]).toEqual({ text: 'b', offset: (10 << 20) + 4, number: 3 });
  });

  it.each([1, 2, 3, 100])('takes a line of just the allowed length, in chunks of %i', (size) => {
    const bytes = Buffer.from(`\ufeff${'x'.repeat(20)}\r\n${'y'.repeat(21)}\r\n${'z'.repeat(20)}`);
    expect(split(cut(bytes, size), 20)).toEqual([
      { text: 'x'.repeat(20), offset: 3, number: 1 },
      { text: 'y'.repeat(20), offset: 25, number: 2, length: 21 },
      { text: 'z'.repeat(20), offset: 48, number: 3 },
    ]);
  });

  it('gives the same for any size of chunk', () => {
    const piece = fc.constantFrom('a', '\n', '\r', '\r\n', 'é', '😀', '\ufeff', ' ', 'xxxxxxxxxxxx');
    const logs = fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.from(pieces.join('')));
    fc.assert(
      fc.property(logs, fc.integer({ min: 1, max: 9 }), (log, size) => {
        expect(split(cut(log, size), 10)).toEqual(split([log], 10));
      }),
      { numRuns: 1000 },
    );
  });
});
