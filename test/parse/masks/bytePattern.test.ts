import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BytePattern, patternFault } from '../../../src/parse/masks/bytePattern.js';
import { MASKS } from '../../../src/parse/masks/masks.js';
import { looksBackLate } from '../../../src/parse/masks/regexAutomaton.js';
import { programOf } from '../../../src/parse/masks/regexProgram.js';
import { searchInOnePass } from '../../../src/parse/masks/regexSearch.js';
import { isNullable, parseRegex } from '../../../src/parse/masks/regexSyntax.js';

function spans(pattern: BytePattern, text: string): [number, number][] {
  const bytes = Buffer.from(text);
  const found: [number, number][] = [];
  for (
    let at = pattern.search(bytes, 0, bytes.length);
    at >= 0;
    at = pattern.search(bytes, pattern.end, bytes.length, bytes[pattern.end - 1])
  ) {
    found.push([at, pattern.end]);
  }
  return found;
}

function expectedSpans(source: string, text: string): [number, number][] {
  return [...text.matchAll(new RegExp(source, 'gu'))].map(({ index, 0: match }) => {
    const start = Buffer.byteLength(text.slice(0, index));
    return [start, start + Buffer.byteLength(match)];
  });
}

/** Patterns over a small alphabet, so that matches are frequent. */
const patterns = fc.letrec<{ pattern: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('a', 'b', '\\d', '[ab]', '[^a]', '\\w', '-', '[0-2_]', '\\.', '.', '\\s', '\\S', 'é', '😀'),
    fc.constantFrom('^', '$', '\\b', '\\B', '(?=a)', '(?!\\w)', '(?<=[-1])', '(?<!a)', '(?=b|$)', '(?<=^|\\s)'),
    tie('pattern').map((inner) => `(?:${inner})`),
    tie('pattern').map((inner) => `(${inner})`),
  ),
  pattern: fc.oneof(
    { maxDepth: 3 },
    tie('atom'),
    fc
      .tuple(tie('atom'), fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{2,}', '{0,2}?'))
      .map((pair) => pair.join('')),
    fc.tuple(tie('pattern'), tie('pattern')).map((pair) => pair.join('')),
    fc.tuple(tie('pattern'), tie('pattern')).map((pair) => pair.join('|')),
  ),
})).pattern;

const texts = fc.string({ unit: fc.constantFrom('a', 'b', '1', '-', '.', '_', ' ', 'é', '漢', '😀'), maxLength: 14 });

describe('BytePattern', () => {
  it('finds what RegExp finds', () => {
    let compiled = 0;
    fc.assert(
      fc.property(patterns, texts, (source, text) => {
        const pattern = BytePattern.compile(source);
        if (!pattern) return;
        compiled++;
        expect(spans(pattern, text)).toEqual(expectedSpans(source, text));
      }),
      { numRuns: 3000 },
    );
    expect(compiled).toBeGreaterThan(500);
  });

  it.each(Object.entries(MASKS))('compiles the mask %s', (_name, source) => {
    const text = 'blk_-1608 /10.250.19.102:54106, 1.2.3 /user/root/part-0.gz. /a/blk_7 x/y 999.999.999.9999';
    const pattern = BytePattern.compile(source) as BytePattern;
    expect(pattern.spansWhitespace).toBe(false);
    expect(spans(pattern, text)).toEqual(expectedSpans(source, text));
  });

  it('finds in one pass what RegExp finds', () => {
    fc.assert(
      fc.property(patterns, texts, (source, text) => {
        const node = parseRegex(source);
        const program = node && !isNullable(node) ? programOf(node) : undefined;
        if (!program || looksBackLate(program)) return;
        const bytes = Buffer.from(text);
        const found = searchInOnePass(program, bytes, 0, bytes.length);
        expect(found && [found.start, found.end]).toEqual(expectedSpans(source, text)[0]);
      }),
      { numRuns: 1500 },
    );
  });

  it('finds what the first group holds, as RegExp does', () => {
    let grouped = 0;
    fc.assert(
      fc.property(patterns, texts, (source, text) => {
        const pattern = BytePattern.compile(source);
        const bytes = Buffer.from(text);
        const at = pattern?.hasGroup ? pattern.search(bytes, 0, bytes.length) : -1;
        if (!pattern || at < 0) return;
        // RegExp forgets what a group held in an earlier round of a loop; we keep it.
        if (/\)[*+?{]/.test(source)) return;
        grouped++;
        const found = pattern.groupOf(bytes, at, bytes.length, at > 0 ? bytes[at - 1] : undefined);
        const expected = new RegExp(source, 'du').exec(text)?.indices?.[1];
        const place = expected?.map((index) => Buffer.byteLength(text.slice(0, index)));
        expect(found ? [pattern.groupStart, pattern.groupEnd] : undefined).toEqual(place);
      }),
      { numRuns: 3000 },
    );
    expect(grouped).toBeGreaterThan(100);
  });

  it.each([
    ['(a+)+$', 'back-tracking'],
    ['(a|aa)+b', 'alternatives'],
    ['a+b', 'a start at each byte'],
    ['(\\w+\\s?)*!', 'white space'],
  ])('takes linear time for %s (%s)', (source) => {
    const bytes = Buffer.from(`${'a'.repeat(100_000)}-`);
    const started = performance.now();
    expect((BytePattern.compile(source) as BytePattern).search(bytes, 0, bytes.length)).toBe(-1);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it.each([
    ['(a)\\1', /\\1 isn't supported/],
    ['(?<x>a)\\k<x>', /\\k isn't supported/],
    ['(?<!ab)c', /one character only/],
    ['(?i)a', /\(\?i isn't supported/],
    ['\\p{L}', /\\p isn't supported/],
    ['a*', /matches the empty text/],
    ['(?:a?)+b', /what is repeated/],
    ['[', /ends too early/],
    ['a)', /unexpected \) at 2/],
    ['*a', /unexpected \* at 1/],
    ['[z-a]', /out of order/],
    ['a{1000}{1000}', /unexpected \{/],
    ['(?:a{90}){90}', /too many states/],
  ])('says why it does not take %s', (source, fault) => {
    expect(BytePattern.compile(source)).toBeUndefined();
    expect(patternFault(source)).toMatch(fault);
  });

  it('says by which bytes a match shows itself', () => {
    const signs = (source: string) =>
      BytePattern.compile(source)
        ?.signs.map((byte) => String.fromCharCode(byte))
        .join('');
    expect(signs(MASKS.IP)).toBe('.');
    expect(signs(MASKS.BLOCK)).toBe('_');
    expect(signs('[ab]c?')).toBe('ab');
  });

  it('knows whether a match may hold white space', () => {
    expect(BytePattern.compile('a b')?.spansWhitespace).toBe(true);
    expect(BytePattern.compile('[^a]')?.spansWhitespace).toBe(true);
    expect(BytePattern.compile('[a-z]+')?.spansWhitespace).toBe(false);
  });
});
