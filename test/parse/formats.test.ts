import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SettingsInput } from '../../src/config/schema.js';
import { detectFormat } from '../../src/parse/detect.js';
import { FORMATS } from '../../src/parse/formats.js';
import { emptyHeader, headerReader } from '../../src/parse/header.js';
import { allEvents, parseInto, settingsFor, withFolder } from './fixtures.js';

const PAPER = { split: { protocol: 'paper' } } as const;

/** What parsing these lines gives. */
async function parsed(lines: string[], input: SettingsInput = {}) {
  return withFolder(async (dir) => {
    const file = join(dir, 'a.log');
    await writeFile(file, `${lines.join('\n')}\n`);
    const settings = settingsFor([file], { ...PAPER, ...input });
    return parseInto(join(dir, 'run'), settings, async (run, summary) => ({ summary, events: await allEvents(run) }));
  });
}

/** Header of a line as text. */
function header(name: string, line: string) {
  const reader = headerReader(FORMATS[name]);
  const bytes = Buffer.from(line);
  const found = emptyHeader();
  if (!reader.read(bytes, 0, bytes.length, found)) return undefined;
  const text = (start: number, end: number) => Buffer.from(found.bytes).toString('utf8', start, end);
  return {
    time: Number.isNaN(reader.time()) ? null : new Date(reader.time()).toISOString(),
    level: text(found.levelStart, found.levelEnd),
    component: text(found.componentStart, found.componentEnd),
    node: text(found.nodeStart, found.nodeEnd),
    content: text(found.contentStart, found.contentEnd),
  };
}

describe('formats', () => {
  it.each(Object.entries(FORMATS))('%s reads its example, and is detected from it', (name, { example }) => {
    expect(header(name, example)).toBeDefined();
    expect(detectFormat([example]).name ?? 'plain').toBe(name);
  });

  it.each([
    [
      'hadoop',
      '2024-04-15,12:00:00,ERROR,DataNode,Connection timeout',
      '2024-04-15T12:00:00.000Z',
      'ERROR',
      'DataNode',
    ],
    ['linux', 'Apr 15 12:34:56 kernel: Out of memory', '2000-04-15T12:34:56.000Z', '', 'kernel'],
    ['windows', '2024-10-10,ERROR,Service failed to start', '2024-10-10T00:00:00.000Z', 'ERROR', ''],
    ['hdfs', '2024-11-01 00:00:00 123 INFO HDFS: blk_-1 started', '2024-11-01T00:00:00.000Z', 'INFO', 'HDFS'],
    ['openssh', 'Apr 15 12:34:56 server sshd[1234]: Failed password for admin', '2000-04-15T12:34:56.000Z', '', 'sshd'],
  ])('%s reads %s', (name, line, time, level, component) => {
    expect(header(name, line)).toMatchObject({ time, level, component });
    expect(detectFormat([line]).name).toBe(name);
  });

  it('gives alert labels and nodes', async () => {
    const lines = [
      '- 1117838570 2005.06.03 R02-M1 2005-06-03-15.42.50.675872 R02-M1 RAS KERNEL INFO parity error corrected',
      'APPREAD 1117869872 2005.06.04 R23-M0 2005-06-04-00.24.32.432192 R23-M0 RAS APP FATAL ciod: failed to read',
    ];
    const { events, summary } = await parsed(lines);
    expect(summary).toMatchObject({ lineFormat: 'bgl', parsed: 2 });
    expect(events.map(({ alert, node, level, component, time }) => [alert, node, level, component, time])).toEqual([
      ['', 'R02-M1', 'INFO', 'KERNEL', 1_117_838_570_675],
      ['APPREAD', 'R23-M0', 'FATAL', 'APP', 1_117_869_872_432],
    ]);
  });

  it('gives alert labels of Thunderbird', async () => {
    const line = (label: string) => `${label} 1131566461 2005.11.09 dn228 Nov 9 12:01:01 dn228/dn228 crond[2916]: x`;
    const { events } = await parsed([line('-'), line('VAPI')]);
    expect(events.map(({ alert, node, time }) => [alert, node, time])).toEqual([
      ['', 'dn228', 1_131_566_461_000],
      ['VAPI', 'dn228', 1_131_566_461_000],
    ]);
  });

  it('takes session ids from a field, from a group, or as the user says', async () => {
    const ssh = [
      'Apr 15 12:34:56 server sshd[1234]: Failed password for admin',
      'Apr 15 12:34:57 server sshd[99]: Closed',
    ];
    expect((await parsed(ssh)).events.map(({ sessions }) => sessions)).toEqual([['1234'], ['99']]);
    const byUser = { sequences: { sessionId: 'for (\\w+)|Closed' } };
    expect((await parsed(ssh, byUser)).events.map(({ sessions }) => sessions)).toEqual([['admin'], ['Closed']]);
    const stack = `${FORMATS.openstack.example}`;
    expect((await parsed([stack])).events[0].sessions).toEqual(['b9000564-fe1a-409b-b8cc-1e88b294cd1d']);
    await expect(parsed(ssh, { sequences: { sessionId: '(' } })).rejects.toThrow(
      'sequences.sessionId: expected a regular',
    );
  });

  it('takes lines whole when no format fits, and says so', async () => {
    const { summary, events } = await parsed(['started in 3 s', '', 'stopped']);
    expect(summary).toMatchObject({ lineFormat: 'plain', formatConfidence: 0, parsed: 2, blank: 1 });
    expect(events.map(({ time }) => time)).toEqual([Number.NaN, Number.NaN]);
  });
});
