import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SettingsInput } from '../../src/config/schema.js';
import { buildSessions } from '../../src/data/buildSessions.js';
import { UserError } from '../../src/error.js';
import { detectFormat, FormatMatcher } from '../../src/parse/formats/detect.js';
import { FORMATS } from '../../src/parse/formats/formats.js';
import { JoinRule } from '../../src/parse/formats/joinRule.js';
import { IdFinder } from '../../src/parse/masks/idFinder.js';
import { parseLogs } from '../../src/parse/parse.js';
import { LineStore } from '../../src/parse/rawLines/lineStore.js';
import { silent } from '../../src/progress.js';
import { Random } from '../../src/random.js';
import { RunFolder } from '../../src/run/folder.js';
import { allEvents, settingsFor, withFolder } from './fixtures.js';

/** LOGBERT_TEST_FUZZ=100000 npx vitest run test/parse/fuzz.test.ts */
const LINES = Number(process.env.LOGBERT_TEST_FUZZ ?? 2000);
const BATCH = LINES > 10_000 ? 1000 : 200;
const MAX_LINE_BYTES = 4096;
const NUL = 0;
const LF = 10;

const SEEDS = [
  ...Object.values(FORMATS).map(({ example }) => example),
  '',
  '\tat a.B.c(B.java:1)',
  'Caused by: java.io.IOException: \u{1f4a5} é漢',
  '{"message":"\\ud800","level":{"a":[1,2]},"time":1e300}',
  '081109 203518 143 INFO dfs.DataNode: blk_1 blk_-2 /10.0.0.1:80 /a/b',
].map((line) => Buffer.from(line));

type Mutation = (line: Buffer, random: Random) => Uint8Array;

const at = (line: Buffer, random: Random) => random.int(line.length + 1);
const noise = (random: Random) => Buffer.from(Array.from({ length: random.int(12) }, () => random.int(256)));
const insert: Mutation = (line, random) => {
  const place = at(line, random);
  return Buffer.concat([line.subarray(0, place), noise(random), line.subarray(place)]);
};
const MUTATIONS: Mutation[] = [
  (line) => line,
  insert,
  (line, random) => line.subarray(0, at(line, random)),
  (line, random) => line.subarray(at(line, random)),
  (line, random) => line.map((byte) => (random.int(20) === 0 ? random.int(256) : byte)),
  (line, random) => Buffer.concat(Array.from({ length: random.int(4) }, () => line)),
  (line, random) => Buffer.alloc(random.int(2 * MAX_LINE_BYTES), line.length > 0 ? line : 'x'),
  (line) => Buffer.from(line.toString('utf8'), 'utf16le'),
  (line) => Buffer.from(line.toString('utf8'), 'latin1'),
  (line) => Buffer.concat([Buffer.from('\ufeff'), line]),
  (line, random) =>
    Buffer.from(
      line.toString('latin1').replaceAll(/\d/g, () => String(random.int(10))),
      'latin1',
    ),
  (line, random) =>
    Buffer.from(
      line.toString('latin1').replaceAll(' ', () => ' \t'.repeat(random.int(3))),
      'latin1',
    ),
  (line) => Buffer.concat([line, Buffer.from('\r')]),
];

function mutated(random: Random): Buffer {
  let line = random.pick(SEEDS);
  for (let i = random.int(3); i >= 0; i--) line = Buffer.from(random.pick(MUTATIONS)(line, random));
  // A file with NULs at its beginning is refused as no text.
  return Buffer.from(line.map((byte) => (byte === NUL || byte === LF ? 1 : byte)));
}

function settingsOf(file: string, random: Random) {
  const format = random.pick(['auto', 'auto', '<Date> <Level> <Content>', ...Object.keys(FORMATS)]);
  const input: SettingsInput = {
    input: { format },
    parse: { maxLineBytes: MAX_LINE_BYTES, keepLines: random.int(2) === 0 },
    split: { protocol: random.int(2) === 0 ? 'strict' : 'paper' },
    sequences: {
      window: random.int(2) === 0 ? 'session' : 'count',
      sessionId: random.pick([undefined, '\\d+', '(\\w+)$']),
    },
  };
  return settingsFor([file], input);
}

/** A fault that is told to the user isn't a crash. */
async function toldOrDone<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });
}

describe(`${LINES} mutated lines`, () => {
  it('are detected without a crash', () => {
    const random = new Random(1, 'fuzz detect');
    const matcher = new FormatMatcher();
    for (let i = 0; i < LINES; i += BATCH) {
      const lines = Array.from({ length: BATCH }, () => mutated(random));
      expect(detectFormat(lines, matcher).lines).toBeLessThanOrEqual(BATCH);
      for (const line of lines) matcher.decide(line);
    }
  });

  it('are decided in time that grows no faster than their length', () => {
    const matcher = new FormatMatcher();
    const joinRule = new JoinRule();
    const ids = new IdFinder(FORMATS.openstack.sessionId as string);
    const started = performance.now();
    for (const piece of ['a', ' ', 'a=', 'a="b" ', '\\"', '{"a":', 'instance: ', 'Oct 11 22:14:15 ', 'a :', 'a.']) {
      const line = Buffer.from(`a="${piece.repeat(200_000 / piece.length)}x`);
      matcher.decide(line);
      joinRule.joins(line, 0, line.length);
      ids.find(line, 0, line.length, () => {});
    }
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('go through parse and sessions, and each is counted', async () => {
    const random = new Random(1, 'fuzz parse');
    let done = 0;
    for (let i = 0; i < LINES; i += BATCH) {
      await withFolder(async (dir) => {
        const lines = Array.from({ length: BATCH }, () => mutated(random));
        const file = join(dir, 'a.log');
        await writeFile(file, Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])));
        const settings = settingsOf(file, random);
        const run = await RunFolder.open(join(dir, 'run'), { create: true });
        const summary = await toldOrDone(parseLogs(settings, run, silent, { chunkBytes: 1 + random.int(5000) }));
        if (summary) {
          done++;
          const { linesIn, parsed, rejected, joined, blank } = summary;
          expect(linesIn).toBe(BATCH);
          expect(parsed + rejected + joined + blank).toBe(linesIn);
          await checkEvents(run, lines, parsed, joined);
          const sessions = await toldOrDone(buildSessions(settings, run, silent));
          if (sessions?.lines) expect(sessions.lines.inSessions + sessions.lines.withoutId).toBe(parsed);
        }
        await run.close();
      });
    }
    expect(done).toBeGreaterThan(0.4 * (LINES / BATCH));
  });
});

/** Lines of the events don't overlap, and are those that were written. */
async function checkEvents(run: RunFolder, lines: Buffer[], parsed: number, joined: number): Promise<void> {
  const events = await allEvents(run);
  expect(events).toHaveLength(parsed);
  let next = 1;
  let further = 0;
  for (const { line, lines: count } of events as { line: number; lines: number }[]) {
    expect(line).toBeGreaterThanOrEqual(next);
    next = line + count;
    further += count - 1;
  }
  expect(further).toBeGreaterThanOrEqual(joined);
  const store = await LineStore.open(run);
  const row = Math.floor(parsed / 2);
  const [raw] = await store.read([row]);
  const written = lines.slice((raw?.line ?? 0) - 1, (raw?.line ?? 0) - 1 + Number(events[row].lines));
  expect(raw?.text.replaceAll('\r', '')).toBe(
    written
      .map((line) => line.toString('utf8'))
      .join('\n')
      .replaceAll('\r', ''),
  );
  await store.close();
}
