import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteScanner } from '../../../src/parse/masks/byteScanner.js';
import { type ContentScanner, contentScanner } from '../../../src/parse/masks/contentScanner.js';
import { type Mask, resolveMasks } from '../../../src/parse/masks/masks.js';
import { TextScanner } from '../../../src/parse/masks/textScanner.js';
import { INTERWOVEN, PIECES } from './cases.js';

const HDFS = resolveMasks(['BLOCK', 'IP', 'PATH']);
const ID = 'blk_-?\\d+';

function scan(scanner: ContentScanner, text: string) {
  // The message doesn't begin at the first byte, as in a real line.
  const bytes = Buffer.from(`>>${text}<<`);
  scanner.scan(bytes, 2, bytes.length - 2);
  const { found } = scanner;
  const texts = (starts: Int32Array, ends: Int32Array, count: number) =>
    [...starts.subarray(0, count)].map((start, i) => bytes.toString('utf8', start, ends[i]));
  return {
    masked: found.maskedTokens(),
    tokens: texts(found.tokenStart, found.tokenEnd, found.tokens),
    spans: texts(found.spanStart, found.spanEnd, found.spans),
    spanTokens: [...found.spanToken.subarray(0, found.spans)],
    ids: texts(found.idStart, found.idEnd, found.ids),
  };
}

describe('masks', () => {
  const masked = (text: string, masks: Mask[] = HDFS) => scan(contentScanner(masks, ID), text).masked.join(' ');

  it.each([
    ['Receiving block blk_-16 src: /10.250.19.102:54106', 'Receiving block <BLOCK> src: /<IP>'],
    ['Served blk_7 to /10.0.0.1:', 'Served <BLOCK> to /<IP>:'],
    ['allocate /user/root/_task_0001_m/part-00081. blk_1', 'allocate <PATH>. <BLOCK>'],
    ['file /mnt/dfs/current/subdir3/blk_12 gone', 'file <PATH>/<BLOCK> gone'],
    ['a\t b  c ', 'a b c'],
    ['', ''],
  ])('%j is masked to %j', (text, expected) => expect(masked(text)).toBe(expected));

  it('apply one after the other, each to what the one before left', () => {
    const masks = [
      { name: 'A', pattern: 'a+' },
      { name: 'ALL', pattern: '<A>b' },
    ];
    const found = scan(contentScanner(masks, undefined), 'xaab aa');
    expect(found.masked).toEqual(['x<ALL>', '<A>']);
    expect(found.spans).toEqual(['aab', 'aa']);
  });

  it('may hold white space; the scanner then works on whole messages', () => {
    const masks = [{ name: 'CAUSE', pattern: 'because of .*' }];
    expect(ByteScanner.create(masks, undefined)).toBeUndefined();
    expect(masked('failed because of no space left', masks)).toBe('failed <CAUSE>');
  });

  it('report every fault of a configuration', () => {
    const faulty = ['NONE', { name: 'OPEN', pattern: '(' }, { name: 'EMPTY', pattern: 'a*' }];
    expect(() => resolveMasks(faulty)).toThrow(
      /NONE: there is no mask.*OPEN: .*EMPTY: the pattern matches the empty text/s,
    );
  });
});

describe('content scanner', () => {
  it('finds session ids in order, within tokens and repeated', () => {
    expect(scan(contentScanner(HDFS, ID), 'move blk_2,blk_-1 to blk_2').ids).toEqual(['blk_2', 'blk_-1', 'blk_2']);
    expect(scan(contentScanner([], ID), 'move blk_2,blk_-1 to blk_2').ids).toEqual(['blk_2', 'blk_-1', 'blk_2']);
  });

  const maskSets: Mask[][] = [HDFS, [...HDFS].reverse(), ...INTERWOVEN, []];
  const messages = fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((parts) => parts.join(''));

  it('gives the same on bytes as on text', () => {
    const scanners = maskSets.flatMap((masks) =>
      [[], ['.'], ['1', '<', ':']].map((delimiters) => ({
        onBytes: ByteScanner.create(masks, ID, delimiters) as ContentScanner,
        onText: new TextScanner(masks, ID, delimiters),
      })),
    );
    fc.assert(
      fc.property(fc.nat(scanners.length - 1), messages, (set, message) => {
        const { onBytes, onText } = scanners[set];
        expect(scan(onBytes, message)).toEqual(scan(onText, message));
      }),
      { numRuns: 2000 },
    );
  });

  it('parts tokens at delimiters once masks are in place', () => {
    const found = scan(contentScanner(HDFS, ID, ['=', ':']), '=:= src=10.0.0.1:80,x user:=anna');
    expect(found.masked).toEqual(['src', '<IP>,x', 'user', 'anna']);
    expect(found.tokens).toEqual(['src', '10.0.0.1:80,x', 'user', 'anna']);
    expect(found.spans).toEqual(['10.0.0.1:80']);
    expect(found.spanTokens).toEqual([1]);
    expect(scan(contentScanner(HDFS, ID, ['->']), 'a->b').masked).toEqual(['a', 'b']);
  });

  it('holds long messages with many masks', () => {
    const scanner = contentScanner(HDFS, ID);
    const found = scan(scanner, 'blk_1,'.repeat(20_000));
    expect(found.spans).toHaveLength(20_000);
    expect(scan(scanner, 'x blk_3').masked).toEqual(['x', '<BLOCK>']);
  });
});
