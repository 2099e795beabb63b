import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distinctSequences, NOT_INCLUDED } from '../../src/data/distinct.js';
import { Table, writeTable } from '../../src/data/parquet.js';
import { loadSessions, type Sessions, saveSessions } from '../../src/data/sessions.js';
import { countSessions } from '../../src/data/summary.js';
import { temporaryFolder, temporaryRun } from './support.js';

interface Plain {
  id: string;
  label: number;
  split: number;
  events: number[];
}

function sessionsOf(plain: Plain[], rows: boolean): Sessions {
  const offsets = new Uint32Array(plain.length + 1);
  plain.forEach(({ events }, i) => {
    offsets[i + 1] = offsets[i] + events.length;
  });
  const events = Int32Array.from(plain.flatMap((session) => session.events));
  return {
    ids: plain.map(({ id }) => id),
    labels: Int8Array.from(plain, ({ label }) => label),
    splits: Uint8Array.from(plain, ({ split }) => split),
    offsets,
    events,
    rows: rows ? Uint32Array.from(events, (_, i) => 3 * i) : undefined,
  };
}

const plainSessions = fc.array(
  fc.record({
    id: fc.string({ minLength: 1 }),
    label: fc.constantFrom(-1, 0, 1),
    split: fc.nat(3),
    events: fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 1 },
);

test('what is saved is loaded', async () => {
  const run = await temporaryRun();
  const property = fc.asyncProperty(plainSessions, fc.boolean(), async (plain, rows) => {
    const sessions = sessionsOf(plain, rows);
    await saveSessions(run, sessions, { from: [], settings: {} });
    expect(await loadSessions(run)).toEqual(sessions);
  });
  await fc.assert(property, { numRuns: 30 });
});

test('a run without sessions says which command makes them', async () => {
  const run = await temporaryRun();
  await expect(loadSessions(run)).rejects.toMatchObject({
    message: expect.stringContaining('No sessions in'),
    next: expect.stringContaining('logbert sessions --run'),
  });
});

test('tables longer than a row group keep order', async () => {
  const path = join(temporaryFolder(), 'table.parquet');
  const data = Int32Array.from({ length: 200_000 }, (_, i) => i * 7 - 5);
  writeTable(path, { format: 'test', version: 1 }, [
    { name: 'number', type: 'int32', data },
    { name: 'text', type: 'string', data: Array.from(data, (value) => `t${value % 9}`) },
  ]);
  const table = await Table.open(path, { format: 'test', version: 1 });
  expect((await table.int32('number')).every((value, i) => value === data[i])).toBe(true);
  expect((await table.values<string>('text')).every((value, i) => value === `t${data[i] % 9}`)).toBe(true);
});

test('a table of another format, version or none at all is refused', async () => {
  const path = join(temporaryFolder(), 'table.parquet');
  writeTable(path, { format: 'test', version: 1 }, [{ name: 'x', type: 'int32', data: Int32Array.of(1) }]);
  const open = (format: string, version: number) => Table.open(path, { format, version });
  await expect(open('test', 2)).rejects.toThrow("isn't a test table of version 2; it says test 1");
  await expect(open('new', 1)).rejects.toThrow("isn't a new table");
  writeFileSync(path, 'not Parquet at all, but long enough to be read');
  await expect(open('test', 1)).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringContaining("can't be read"),
  });
});

test('distinct sequences stand for the sessions that have them', () => {
  fc.assert(
    fc.property(plainSessions, (plain) => {
      const sessions = sessionsOf(plain, false);
      const { sequences, of, counts } = distinctSequences(sessions, (i) => plain[i].split === 2);
      const texts = sequences.map((sequence) => [...sequence].join());
      expect(new Set(texts).size).toBe(texts.length);
      plain.forEach(({ split, events }, i) => {
        if (split === 2) expect(texts[of[i]]).toBe(events.join());
        else expect(of[i]).toBe(NOT_INCLUDED);
      });
      expect([...counts]).toEqual(texts.map((_, index) => of.filter((value) => value === index).length));
    }),
  );
});

test('counts add up', () => {
  fc.assert(
    fc.property(plainSessions, (plain) => {
      const counts = countSessions(sessionsOf(plain, false));
      const parts = Object.values(counts.splits);
      const sum = (name: keyof (typeof parts)[0]) => parts.reduce((total, part) => total + part[name], 0);
      expect(sum('sessions')).toBe(plain.length);
      expect(sum('normal') + sum('anomalies') + sum('unlabelled')).toBe(plain.length);
      expect(sum('events')).toBe(counts.events);
      expect(counts.lengths.mean).toBeCloseTo(counts.events / plain.length);
      expect(Math.max(...parts.map(({ distinct }) => distinct))).toBeLessThanOrEqual(counts.distinct);
    }),
  );
});
