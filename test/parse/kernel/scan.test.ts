import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchScanner, type ScanSettings } from '../../../src/parse/batchScanner.js';
import { FORMATS, type Format } from '../../../src/parse/formats/formats.js';
import { BatchBuilder, type LineBatch } from '../../../src/parse/input/lineBatch.js';
import { LineScanner } from '../../../src/parse/lineScanner.js';
import { MASKS, type Mask, resolveMasks } from '../../../src/parse/masks/masks.js';
import { BLANK, OTHER, OVERLONG, ROW, type ScannedBatch, ScannedEvents } from '../../../src/parse/scannedBatch.js';
import { SessionFinder } from '../../../src/parse/sessionFinder.js';
import { SessionScanner } from '../../../src/parse/sessionScanner.js';
import { batchOf } from '../fixtures.js';
import { INTERWOVEN, PIECES } from '../masks/cases.js';

type Event = Record<string, unknown>;

/** The events that a batch scanner has found, a plain object each. */
function eventsOf(batch: ScannedBatch, known: string[]): Event[] {
  known.push(...batch.added);
  const view = (part: number) =>
    new Int32Array(batch.found.buffer, batch.bounds[part], (batch.bounds[part + 1] - batch.bounds[part]) >> 2);
  const text = Buffer.concat([batch.bytes.subarray(0, batch.length), batch.own]);
  const [rows, ids, tokens, spans] = [view(0), view(2), view(3), view(4)];
  const times = new Float64Array(batch.found.buffer, batch.bounds[1], batch.events);
  const at = { ids: 0, tokens: 0, spans: 0 };
  const events = new ScannedEvents(batch);
  const next = (of: keyof typeof at, from: Int32Array, count: number, step: number) =>
    Array.from({ length: count }, () => {
      const i = at[of];
      at[of] += step;
      return [...from.subarray(i, i + step)];
    });
  return Array.from({ length: batch.events }, (_, event) => {
    const row = rows.subarray(event * ROW, (event + 1) * ROW);
    const field = (i: number) => text.toString('utf8', row[i], row[i + 1]);
    const message = events.message(event);
    return {
      line: events.line(event),
      masked: message < 0 ? batch.loose[-1 - message] : known[message],
      level: field(2),
      component: field(4),
      node: field(6),
      alert: row[8] < 0 ? null : field(8),
      content: events.content(event),
      ids: next('ids', ids, row[12], 2).map(([start, end]) => text.toString('utf8', start, end)),
      tokens: next('tokens', tokens, row[13], 2).map(([start, end]) => text.toString('utf8', start, end)),
      spans: next('spans', spans, row[14], 3).map(([token, start, end]) => [token, text.toString('utf8', start, end)]),
      time: times[event],
    };
  });
}

/** What the line scanner, which works without the kernel, finds in the same lines. */
function expectedOf(scanner: LineScanner, lines: readonly string[]): Event[] {
  return lines.flatMap((text, line) => {
    const bytes = Buffer.from(text);
    if (!scanner.scan(bytes, 0, bytes.length)) return [];
    const { line: found } = scanner;
    const { content } = found;
    const all = Buffer.from(found.bytes);
    const part = (start: number, end: number) => all.toString('utf8', start, end);
    const parts = (starts: Int32Array, ends: Int32Array, count: number) =>
      [...starts.subarray(0, count)].map((start, i) => part(start, ends[i]));
    return {
      line,
      masked: content.maskedText(),
      level: part(found.levelStart, found.levelEnd),
      component: part(found.componentStart, found.componentEnd),
      node: part(found.nodeStart, found.nodeEnd),
      alert: found.alertStart < 0 ? null : part(found.alertStart, found.alertEnd),
      content: part(found.contentStart, found.contentEnd),
      ids: parts(content.idStart, content.idEnd, content.ids),
      tokens: parts(content.tokenStart, content.tokenEnd, content.tokens),
      spans: parts(content.spanStart, content.spanEnd, content.spans).map((span, i) => [content.spanToken[i], span]),
      time: found.time,
    };
  });
}

function settingsOf(format: string, masks: Mask[], delimiters: string[] = []): ScanSettings {
  return { format: FORMATS[format], masks, delimiters, join: undefined, pack: false };
}

/** A batch scanner beside a line scanner. */
class Pair {
  private readonly scanner: BatchScanner;
  private readonly reference: LineScanner;
  /** Messages by number. */
  private readonly known: string[] = [];

  constructor(settings: ScanSettings) {
    this.scanner = new BatchScanner(settings);
    this.reference = new LineScanner(settings.format, settings);
  }

  expectSame(lines: readonly string[]): void {
    const scanned = this.scanner.run(batchOf(lines));
    if (scanned.restarted) this.known.length = 0;
    const found = eventsOf(scanned, this.known);
    const expected = expectedOf(this.reference, lines);
    // Far sooner done than toEqual, which tells the difference.
    if (JSON.stringify(found) !== JSON.stringify(expected)) expect(found).toEqual(expected);
  }
}

/** The sessions of lines, and the first row that names each, by a line at a time. */
function sessionsOf(format: Format, lines: readonly string[]): { rows: number; sessions: [string, number][] } {
  const finder = new SessionFinder(format);
  const firsts = new Map<string, number>();
  let rows = 0;
  for (const line of lines) {
    const bytes = Buffer.from(line);
    const note = (start: number, end: number) => {
      const id = Buffer.from(finder.bytes).toString('utf8', start, end);
      if (!firsts.has(id)) firsts.set(id, rows);
    };
    if (finder.find(bytes, 0, bytes.length, note)) rows++;
  }
  return { rows, sessions: [...firsts] };
}

function scannedSessions(scanner: SessionScanner, lines: readonly string[]): ReturnType<typeof sessionsOf> {
  const { rows, ids, firsts } = scanner.run(batchOf(lines));
  const bytes = Buffer.from(ids);
  let at = 0;
  const sessions = Array.from(firsts, (first): [string, number] => {
    const start = at + 4;
    at = start + bytes.readInt32LE(at);
    return [bytes.toString('utf8', start, at), first];
  });
  return { rows, sessions };
}

const HDFS = resolveMasks(['BLOCK', 'IP', 'PATH']);
const MASK_SETS: Mask[][] = [
  HDFS,
  [...HDFS].reverse(),
  resolveMasks(Object.keys(MASKS)),
  ...INTERWOVEN,
  // Within white space, which the kernel leaves to TypeScript.
  [{ name: 'CAUSE', pattern: 'a .*' }],
  [],
];
const messages = fc.array(fc.constantFrom(...PIECES, '=', '0x1F', '12:30:01', 'a@b.cd', '::1'), { maxLength: 25 });

describe('the kernel finds what the line scanner finds', () => {
  it('in messages, whatever the masks and delimiters', () => {
    const lines = fc.array(
      messages.map((parts) => `081109 203518 143 INFO dfs.X: ${parts.join('')}`),
      { minLength: 1 },
    );
    const pairs = MASK_SETS.flatMap((masks) =>
      [[], ['.'], ['1', '<', ':']].map((delimiters) => new Pair(settingsOf('hdfs', masks, delimiters))),
    );
    fc.assert(
      fc.property(fc.constantFrom(...pairs), lines, (pair, batch) => pair.expectSame(batch)),
      { numRuns: 1000 },
    );
  });

  it.each(Object.keys(FORMATS))('in headers of the format %s, whole, cut and changed', (format) => {
    const { example } = FORMATS[format];
    const pair = new Pair(settingsOf(format, HDFS));
    const changed = fc
      .tuple(fc.nat(example.length), fc.nat(3), fc.constantFrom('', ' ', '  ', '9', 'x', '-', 'é', '.', ':'))
      .map(([at, cut, put]) => example.slice(0, at) + put + example.slice(at + cut));
    const withIds = { ...FORMATS[format], sessionId: '\\d+ \\d+|[a-z]{3,}' };
    const scanner = new SessionScanner(withIds);
    fc.assert(
      fc.property(fc.array(changed), (lines) => {
        pair.expectSame([example, ...lines]);
        expect(scannedSessions(scanner, [example, ...lines])).toEqual(sessionsOf(withIds, [example, ...lines]));
      }),
      { numRuns: 50 },
    );
  });

  it('where a search would take too long, a message is long, or a token has many masked texts', () => {
    const slow = [{ name: 'SLOW', pattern: '(?:ab|ac|ad)*z' }];
    const lines = ['ab'.repeat(900).concat('?z'), 'x', 'blk_1,'.repeat(2_000), 'word '.repeat(80_000), 'z'].map(
      (text) => `081109 203518 143 INFO dfs.X: ${text}`,
    );
    const pair = new Pair(settingsOf('hdfs', [...slow, ...HDFS]));
    pair.expectSame(lines);
    pair.expectSame(lines);
  });

  it('in times without a year, whose year depends on the lines before, whoever read those', () => {
    const months = ['Jan', 'Mar', 'Aug', 'Sep', 'Dec'];
    // The last one is too long for the kernel.
    const rests = ['12:00:00 combo sshd[1]: up', 'no time', `12:00:00 combo sshd[1]: ${'long '.repeat(60_000)}`];
    const line = fc
      .tuple(fc.constantFrom(...months), fc.constantFrom(...rests))
      .map(([month, rest]) => `${month} 3 ${rest}`);
    const batches = fc.array(fc.array(line, { minLength: 1, maxLength: 8 }), { maxLength: 3 });
    fc.assert(
      fc.property(batches, (all) => {
        const pair = new Pair(settingsOf('linux', []));
        for (const lines of all) pair.expectSame(lines);
      }),
      { numRuns: 12 },
    );
  });

  it('when more messages come than have room, and numbers begin again', () => {
    const pair = new Pair(settingsOf('hdfs', []));
    for (const from of [0, 20_000, 0, 0]) {
      pair.expectSame(Array.from({ length: 20_000 }, (_, i) => `081109 203518 143 INFO dfs.X: new ${from + i}`));
    }
  });
});

it('tells lines that are no events from one another', () => {
  const header = '081109 203518 143 INFO dfs.X: up';
  const builder = new BatchBuilder(0);
  const bytes = Buffer.from(header);
  for (const [i, text] of [header, '', ' \t', 'no header', header].entries()) {
    builder.line(Buffer.from(text), 0, text.length, 0, i + 1);
  }
  builder.overlong(bytes, 10_000, 0, 6);
  const { events, others } = new BatchScanner(settingsOf('hdfs', HDFS)).run(builder.take()?.batch as LineBatch);
  expect(events).toBe(2);
  expect([...others]).toEqual([1, BLANK, 2, BLANK, 3, OTHER, 5, OVERLONG]);
});
