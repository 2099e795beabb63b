import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evenChunks } from '../../../src/parse/input/chunks.js';

async function* ofSizes(bytes: Buffer, sizes: readonly number[], fault?: Error): AsyncGenerator<Buffer> {
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    if (at < bytes.length && size > 0) yield bytes.subarray(at, at + size);
    at += size;
  }
  if (fault) throw fault;
}

it('cuts what comes into chunks of one size, and gives what came before a fault', async () => {
  const sizes = fc.array(fc.nat(12));
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 60 }),
      sizes,
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      async (bytes, cuts, size, fails) => {
        const fault = fails ? new Error('damaged') : undefined;
        const found: Buffer[] = [];
        let met: unknown;
        try {
          // Each holds until the next one is asked for.
          for await (const chunk of evenChunks(ofSizes(Buffer.from(bytes), cuts, fault), size))
            found.push(Buffer.from(chunk));
        } catch (error) {
          met = error;
        }
        expect(met).toBe(fault);
        expect(Buffer.concat(found)).toEqual(Buffer.from(bytes));
        expect(found.slice(0, -1).every(({ length }) => length === size)).toBe(true);
        expect(found.at(-1)?.length ?? 1).toBeGreaterThan(0);
      },
    ),
  );
});
