import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SettingsInput } from '../../../src/config/schema.js';
import { LineStore } from '../../../src/parse/rawLines/lineStore.js';
import { allEvents, parseInto, settingsFor, withFolder } from '../fixtures.js';

const TRACE = [
  'java.lang.IllegalStateException: gone',
  '\tat a.B.c(B.java:1)',
  '',
  '\t... 3 more',
  'Caused by: java.io.IOException',
];
const LOG = [
  '\tlost its beginning',
  '2024-04-15 12:34:56 ERROR a.B - failed',
  ...TRACE,
  '2024-04-15 12:34:57 INFO a.B - on',
  'no header',
  '  neither',
  '2024-04-15 12:34:58 INFO a.B - out',
  '  the end',
];

function parsed(lines: string[], parse: SettingsInput['parse'] = {}, end = '\n') {
  return withFolder(async (dir) => {
    const file = join(dir, 'a.log');
    await writeFile(file, lines.join(end));
    const settings = settingsFor([file], { split: { protocol: 'paper' }, parse });
    return parseInto(join(dir, 'run'), settings, async (run, { linesIn, parsed, rejected, joined, blank }) => {
      const store = await LineStore.open(run);
      const events = await allEvents(run);
      const raw = await store.read(events.map((_, row) => row));
      await store.close();
      return { ledger: { linesIn, parsed, rejected, joined, blank }, events, raw: raw.map((line) => line?.text) };
    });
  });
}

describe('records of several lines', () => {
  it.each(['\n', '\r\n'])('are joined by rule and keep their raw lines (line end %j)', async (end) => {
    const { ledger, events, raw } = await parsed(LOG, {}, end);
    expect(ledger).toEqual({ linesIn: LOG.length, parsed: 3, rejected: 3, joined: 5, blank: 1 });
    expect(events.map(({ line, lines }) => [line, lines])).toEqual([
      [2, 6],
      [8, 1],
      [11, 2],
    ]);
    expect(raw).toEqual([LOG.slice(1, 7).join('\n'), LOG[7], LOG.slice(10).join('\n')]);
  });

  it('are joined by a rule of the user, or not at all', async () => {
    expect((await parsed(LOG, { join: '^no' })).ledger).toMatchObject({ parsed: 3, rejected: 7, joined: 1 });
    expect((await parsed(LOG, { join: 'none' })).ledger).toMatchObject({ parsed: 3, rejected: 8, joined: 0 });
    await expect(parsed(LOG, { join: '(' })).rejects.toThrow(
      "parse.join: expected a regular expression or none, found '('",
    );
  });

  it('are joined to the last event of a row group and across blocks of raw lines', async () => {
    const lines = Array.from({ length: 65_536 }, (_, i) => `2024-04-15 12:34:56 INFO a.B - event ${i}`);
    const { events, raw, ledger } = await parsed([...lines, ...TRACE, lines[0]]);
    expect(ledger).toMatchObject({ parsed: 65_537, joined: 4, blank: 1 });
    expect(events[65_535].lines).toBe(6);
    expect(raw[65_535]).toBe([lines[65_535], ...TRACE].join('\n'));
    expect(raw[65_536]).toBe(lines[0]);
  });
});
