import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { packArchive, unpackArchive } from '../../src/export/archive.js';

const about = { format: 'test-archive', version: 1 };
const parts = { 'README.md': '# Card\n', 'model.safetensors': new Uint8Array(500).fill(7), 'extra/own.json': '{}' };
const open = (file: Uint8Array) => unpackArchive(file, 'test-archive');

describe('an archive', () => {
  it('gives back what was packed, and equal parts give equal bytes', () => {
    const file = packArchive({ ...about, model: 'm' }, parts);
    expect(packArchive({ ...about, model: 'm' }, parts)).toEqual(file);
    const { manifest, parts: found } = open(file);
    expect(manifest).toMatchObject({ ...about, model: 'm' });
    expect([...found.keys()]).toEqual(Object.keys(parts));
    expect(found.get('README.md')?.toString()).toBe('# Card\n');
    expect(found.get('model.safetensors')).toEqual(Buffer.from(parts['model.safetensors']));
  });

  it('is refused wherever it is cut, with the part named', () => {
    const file = packArchive(about, parts);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: file.length - 1 }), (length) => {
        expect(() => open(file.subarray(0, length))).toThrow();
      }),
    );
    const at = Buffer.from(file).indexOf(Buffer.alloc(50, 7));
    expect(() => open(file.subarray(0, at + 30))).toThrow('it is cut in its part model.safetensors');
  });

  it('is refused, or unchanged, whichever byte is altered', () => {
    const file = packArchive(about, parts);
    const whole = open(file);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: file.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const altered = file.slice();
        altered[at] ^= change;
        try {
          // What zip keeps beside the content, such as the time of a file, may differ.
          expect(open(altered)).toEqual(whole);
        } catch (error) {
          expect((error as Error).name).toBe('Error');
        }
      }),
      { numRuns: 200 },
    );
  });

  it('names the part that was altered, added or taken away, and a manifest that was adjusted to it', () => {
    const entries = (own: Record<string, Uint8Array>) => {
      const { manifest, parts: found } = open(packArchive(about, parts));
      const text = Buffer.from(JSON.stringify(manifest));
      const all: Record<string, Uint8Array> = { 'manifest.json': text, ...Object.fromEntries(found), ...own };
      return all;
    };
    const { 'README.md': card, ...withoutCard } = entries({});
    expect(() => open(zipSync(withoutCard))).toThrow('its part README.md is missing');
    expect(() => open(zipSync(entries({ 'README.md': card.map((byte) => byte ^ 1) })))).toThrow(
      "its part README.md isn't what its manifest says",
    );
    expect(() => open(zipSync(entries({ 'README.md': Buffer.from('?') })))).toThrow('README.md has 1 bytes');
    expect(() => open(zipSync(entries({ 'run.js': card })))).toThrow("its manifest doesn't name the part run.js");
    const { manifest } = open(packArchive(about, parts));
    const adjusted = Buffer.from(JSON.stringify({ ...manifest, version: 2 }));
    expect(() => open(zipSync(entries({ 'manifest.json': adjusted })))).toThrow("manifest.json isn't what was written");
  });

  it('is refused where it is something else', () => {
    expect(() => open(Buffer.from('{}'))).toThrow("it isn't a whole zip file");
    expect(() => open(zipSync({ 'a.txt': Buffer.from('a') }))).toThrow('it has no manifest.json');
    expect(() => unpackArchive(packArchive(about, parts), 'other')).toThrow('it is a test-archive, no other');
    expect(() => packArchive(about, { '../up': '' })).toThrow("can't be the name of a part");
  });
});
