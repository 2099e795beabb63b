import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildSessions } from '../../src/data/buildSessions.js';
import { LineNames } from '../../src/data/lineNames.js';
import { loadSessions } from '../../src/data/sessions.js';
import { parseLogs } from '../../src/parse/parse.js';
import { silent } from '../../src/progress.js';
import { settings as settingsOf, temporaryFolder, temporaryRun } from './support.js';

test('names the raw lines of a session, those of several files too', async () => {
  const dir = temporaryFolder();
  const line = (block: string) =>
    `081109 203518 143 INFO dfs.DataNode: Receiving block ${block} src: /10.0.0.1:1 dest: /10.0.0.2:2`;
  const log = (name: string, lines: string[]) => {
    writeFileSync(join(dir, name), `${lines.join('\n')}\n`);
    return join(dir, name);
  };
  const files = [
    log('a.log', [line('blk_1'), 'not of the format', line('blk_2'), line('blk_1')]),
    log('b.log', [line('blk_1'), line('blk_2')]),
  ];
  const run = await temporaryRun();
  const settings = settingsOf({ input: { files }, split: { protocol: 'paper' } });
  await parseLogs(settings, run, silent);
  await buildSessions(settings, run, silent);
  const sessions = await loadSessions(run);
  const names = await LineNames.open(run, sessions);
  const named = Object.fromEntries(sessions.ids.map((id, i) => [id, names?.of(i)]));
  expect(named).toEqual({ blk_1: 'a.log:1 4 b.log:1', blk_2: 'a.log:3 b.log:2' });
});
