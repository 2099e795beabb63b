import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SettingsInput } from '../../src/config/schema.js';
import { buildSessions } from '../../src/data/buildSessions.js';
import { LineNames } from '../../src/data/lineNames.js';
import { readLineSessions } from '../../src/data/lineSessions.js';
import { loadSessions } from '../../src/data/sessions.js';
import { windowingOf } from '../../src/data/windowing.js';
import { loadParser } from '../../src/parse/drain/parserState.js';
import { JoinRule } from '../../src/parse/formats/joinRule.js';
import { findLogs } from '../../src/parse/input/logFiles.js';
import { loadLedger } from '../../src/parse/ledger.js';
import { parseLogs } from '../../src/parse/parse.js';
import { PiiMasker } from '../../src/parse/pii/piiMasker.js';
import { silent } from '../../src/progress.js';
import { settings, temporaryFolder, temporaryRun } from './support.js';

/** Lines as Blue Gene/L writes them: alert tag, seconds, node, component, level. */
function bgl(messages: readonly string[]): string {
  const line = (message: string, i: number) =>
    `- ${1117838570 + i * 7} 2005.06.03 R0${i % 3} 2005-06-03-15.42.${10 + i}.0 R0${i % 3} RAS KERNEL INFO ${message}\n`;
  return messages.map(line).join('');
}

const MESSAGES = Array.from({ length: 40 }, (_, i) =>
  i % 5 === 0 ? `job=j${i % 4} failed\n\tat Main.run\nCaused by: bad` : `job=j${i % 4} from user${i % 4}@mail.org done`,
);

const SESSIONS: Record<string, SettingsInput> = {
  'of an id': { sequences: { sessionId: 'job=(\\w+)' } },
  'of an id that masking changes': { sequences: { sessionId: 'from (\\S+)' }, parse: { pii: true } },
  'of a node': { sequences: { by: ['node'] } },
  'of an id on a node of a file': { sequences: { sessionId: 'job=(\\w+)', by: ['session', 'node', 'file'] } },
  'of a count of lines': { sequences: { window: 'count', length: 7, step: 3 } },
  'of a span of time': { sequences: { window: 'time', length: '1m', step: '20s' } },
  'of a span of time on a node': { sequences: { window: 'time', length: '50s', by: ['node', 'level'] } },
};

describe('raw lines make the same sequences as a run', () => {
  test.each(Object.entries(SESSIONS))('%s', async (_name, own) => {
    const dir = temporaryFolder();
    const files = ['a.log', 'b.log'].map((name) => join(dir, name));
    writeFileSync(files[0], bgl(MESSAGES));
    writeFileSync(files[1], `\nno header\n${bgl(MESSAGES.slice(3, 9))}`);
    const all = settings({ ...own, input: { files, format: 'bgl' }, split: { protocol: 'paper' } });
    const run = await temporaryRun();
    const { linesIn, parsed, rejected, joined, blank } = await parseLogs(all, run, silent);
    await buildSessions(all, run, silent);
    const ofRun = await loadSessions(run);
    const linesOfRun = await LineNames.open(run, ofRun);

    const reading = {
      format: (await loadLedger(await run.require('ledger'))).lineLayout,
      state: await loadParser(await run.require('parser'), all.drain, ''),
      windowing: windowingOf(all.sequences),
      joinRule: new JoinRule(),
      maxLineBytes: all.parse.maxLineBytes,
      pii: all.parse.pii ? new PiiMasker() : undefined,
    };
    const { sessions, names, account } = await readLineSessions(await findLogs({ files }), reading, silent);
    expect(sessions.ids.length).toBeGreaterThan(0);
    expect(sessions.ids).toEqual(ofRun.ids);
    expect(sessions.offsets).toEqual(ofRun.offsets);
    expect(sessions.events).toEqual(ofRun.events);
    expect(sessions.ids.map((_, i) => names.of(i))).toEqual(ofRun.ids.map((_, i) => linesOfRun?.of(i)));
    expect(account).toMatchObject({ lines: linesIn, events: parsed, rejected, joined, blank });
    expect(joined).toBe(18);
    if (all.parse.pii) expect(sessions.ids).toEqual(['<EMAIL>']);
  });
});
