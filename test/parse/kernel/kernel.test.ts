import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { snappyUncompress } from 'hyparquet/src/snappy.js';
import { describe, expect, it } from 'vitest';
import { Kernel } from '../../../src/parse/kernel/kernel.js';

it('is what its folder assembly compiles to', () => {
  execFileSync(process.execPath, ['tools/compile-kernel.mjs', '--check']);
});

describe('packing', () => {
  const kernel = new Kernel();

  function repacked(bytes: Uint8Array): { packed: number; bytes: Uint8Array } {
    const from = kernel.put(bytes);
    const to = kernel.call.scratch(kernel.call.mostPacked(bytes.length));
    const packed = kernel.bytes.slice(to, kernel.call.pack(from, bytes.length, to));
    const back = new Uint8Array(bytes.length);
    snappyUncompress(packed, back);
    return { packed: packed.length, bytes: back };
  }

  it('gives what a reader of Snappy unpacks', () => {
    const runs = fc.array(fc.tuple(fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 1, max: 120 })), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(runs, (parts) => {
        const bytes = Buffer.concat(parts.flatMap(([part, times]) => Array<Uint8Array>(times).fill(part)));
        const found = repacked(bytes);
        expect(Buffer.compare(found.bytes, bytes)).toBe(0);
        expect(found.packed).toBeLessThanOrEqual(kernel.call.mostPacked(bytes.length));
      }),
      { numRuns: 200 },
    );
  });

  it('packs across blocks, and far less than it was given where a log repeats itself', () => {
    const log = Buffer.from(
      Array.from({ length: 5000 }, (_, i) => `Served block blk_${i * 7919} to /10.0.0.${i % 256}`).join('\n'),
    );
    const found = repacked(log);
    expect(Buffer.compare(found.bytes, log)).toBe(0);
    expect(found.packed).toBeLessThan(log.length / 2.5);
  });
});
