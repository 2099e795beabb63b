import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PiiMasker } from '../../../src/parse/pii/piiMasker.js';
import { labelledLines } from './lines.js';

const masker = new PiiMasker();

function masked(line: string): string {
  return masker.mask(Buffer.from(line)).toString('utf8');
}

describe('personal data', () => {
  it.each([
    ['mail a.b+c@x-y.example.org, done', 'mail <EMAIL>, done'],
    ['from 10.0.0.1:80 and [fe80::1%eth0]:22', 'from <IP>:80 and [<IP>'],
    ['Invalid user bob, failures', 'Invalid user <USER>, failures'],
    ['authentication failures for zoe [preauth]', 'authentication failures for <USER> [preauth]'],
    ['user=anna password="two words" token: expired', 'user=<USER> password="<SECRET>" token: expired'],
    ['Failed password for invalid user bob from 1.2.3.4', 'Failed password for invalid user <USER> from <IP>'],
    ['Authorization: Basic dXNlcjpwYXNz', 'Authorization: Basic <SECRET>'],
    ['card 4111 1111 1111 1111, not 4111 1111 1111 1112', 'card <CARD>, not 4111 1111 1111 1112'],
    ['/home/zoe/x C:\\Users\\zoe\\x /home/shared', '/home/<USER>/x C:\\Users\\<USER>\\x /home/<USER>'],
    [
      'version 10.0.19041.1, blk_-4111111111111111, user agent',
      'version 10.0.19041.1, blk_-4111111111111111, user agent',
    ],
    ['naïve user=zoë', 'naïve user=<USER>'],
    ['', ''],
  ])('%j becomes %j', (line, expected) => expect(masked(line)).toBe(expected));

  it('is found in a seeded set of 1,000 lines with recall .94 and precision .99', () => {
    const lines = labelledLines(1000, 42);
    const counts = { labelled: 0, gone: 0, masks: 0, right: 0 };
    for (const { text, values } of lines) {
      const line = masked(text);
      const signs = (line.match(/<(SECRET|EMAIL|USER|IP|CARD)>/g) ?? []).map((sign) => sign.slice(1, -1));
      const gone = values.filter(({ value }) => !line.includes(value));
      counts.labelled += values.length;
      counts.gone += gone.length;
      counts.masks += signs.length;
      const left = gone.map(({ kind }) => kind as string);
      for (const sign of signs) {
        const at = left.indexOf(sign);
        if (at < 0) continue;
        left.splice(at, 1);
        counts.right++;
      }
    }
    expect(counts.labelled).toBeGreaterThan(800);
    const [recall, precision] = [counts.gone / counts.labelled, counts.right / counts.masks];
    // Two of the 27 layouts with values hold a name that nothing marks as one; all that is missed is there.
    expect(recall).toBeGreaterThanOrEqual(0.94);
    expect(precision).toBeGreaterThanOrEqual(0.99);
  });

  it('leaves nothing that it would mask in a second pass', () => {
    for (const { text } of labelledLines(1000, 7)) expect(masked(masked(text))).toBe(masked(text));
  });

  it('masks a stream like its lines, however it is cut', async () => {
    const lines = labelledLines(40, 3).map(({ text }) => text);
    const bytes = Buffer.from(`${lines.join('\n')}\n\nuser=anna`);
    const expected = `${lines.map(masked).join('\n')}\n\nuser=<USER>`;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 500 }), async (size) => {
        async function* chunks() {
          for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
        }
        const out: Buffer[] = [];
        for await (const chunk of masker.maskAll(chunks())) out.push(chunk);
        expect(Buffer.concat(out).toString('utf8')).toBe(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('does not hang on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        masker.mask(Buffer.from(bytes));
      }),
    );
    const started = performance.now();
    for (const unit of ['a', '1', 'a.', 'a@', 'user=', '1:', 'password', '4111 ']) masked(unit.repeat(20_000));
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
