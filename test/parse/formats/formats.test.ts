import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SettingsInput } from '../../../src/config/schema.js';
import { detectFormat } from '../../../src/parse/formats/detect.js';
import { FORMATS } from '../../../src/parse/formats/formats.js';
import { emptyHeader, headerReader } from '../../../src/parse/formats/header.js';
import { allEvents, parseInto, settingsFor, withFolder } from '../fixtures.js';

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

describe('lines within lines', () => {
  const inner = '{"time":"2024-04-15T12:00:00Z","level":"warn","logger":"api","msg":"slow \\"query\\"","db":{"ms":41}}';
  const expected = {
    time: '2024-04-15T12:34:56.789Z',
    level: 'warn',
    component: 'api',
    node: '',
    content: 'slow "query"',
  };

  it.each([
    ['docker', JSON.stringify({ log: `${inner}\n`, stream: 'stdout', time: '2024-04-15T12:34:56.789123456Z' })],
    ['cri', `2024-04-15T12:34:56.789123456Z stdout F ${inner}`],
  ])('a JSON object that %s has wrapped is read as such, at the time of the runtime', (name, line) => {
    expect(header(name, line)).toEqual(expected);
    const reader = headerReader(FORMATS[name]);
    reader.read(Buffer.from(line), 0, line.length, emptyHeader());
    expect(Object.fromEntries(reader.fields())).toEqual({ level: 'warn', logger: 'api', 'db.ms': 41 });
  });

  it('what only looks like an object stays as it is', () => {
    const line = '2024-04-15T12:34:56Z stderr F {broken';
    expect(header('cri', line)).toMatchObject({ content: '{broken', component: 'stderr' });
  });
});

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
    ['openssh', '2024-04-15T12:34:56.5+02:00 web1 sshd[7]: Invalid user pi', '2024-04-15T10:34:56.500Z', '', 'sshd'],
    // Its layout is syslog's too: a host `stdout`, a program `F {"msg"`.
    ['cri', '2024-04-15T12:34:56Z stdout F {"msg": "served", "id": 7}', '2024-04-15T12:34:56.000Z', '', ''],
  ])('%s reads %s', (name, line, time, level, component) => {
    expect(header(name, line)).toMatchObject({ time, level, component });
    expect(detectFormat([line]).name).toBe(name);
  });

  it.each([
    ['syslog', '<34>Oct 11 22:14:15 mymachine su: failed', '2000-10-11T22:14:15.000Z', '', 'su', 'mymachine', 'failed'],
    ['syslog', '2024-04-15T12:34:56.5+02:00 web1 app[7]: up', '2024-04-15T10:34:56.500Z', '', 'app', 'web1', 'up'],
    [
      'rfc5424',
      '<165>1 2003-10-11T22:14:15.003Z h.example.com evntslog - ID47 [a@1 x="1"][b@2] hi',
      '2003-10-11T22:14:15.003Z',
      '',
      'evntslog',
      'h.example.com',
      'hi',
    ],
    [
      'journald',
      '{"__REALTIME_TIMESTAMP":"1713184496123456","_HOSTNAME":"w","PRIORITY":"6","_COMM":"sshd","MESSAGE":[104,105]}',
      '2024-04-15T12:34:56.123Z',
      '6',
      'sshd',
      'w',
      'hi',
    ],
    [
      'docker',
      '{"log":"up\\n","stream":"stdout","time":"2024-04-15T12:34:56.789123456Z"}',
      '2024-04-15T12:34:56.789Z',
      '',
      'stdout',
      '',
      'up',
    ],
    [
      'jsonl',
      '{"ts":1713184496.5,"level":"info","host":{"name":"w"},"msg":"say \\"hi\\"\\u00e9"}',
      '2024-04-15T12:34:56.500Z',
      'info',
      '',
      'w',
      'say "hi"é',
    ],
    ['jsonl', '{"a":1}', null, '', '', '', '{"a":1}'],
    [
      'klog',
      'W0415 12:34:56.789123    1 controller.go:123] slow',
      '2000-04-15T12:34:56.789Z',
      'W',
      'controller.go:123',
      '',
      'slow',
    ],
    ['cri', '2024-04-15T12:34:56.789123456+01:00 stderr P part', '2024-04-15T11:34:56.789Z', '', 'stderr', '', 'part'],
    [
      'access',
      '::1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 2 "-" "curl"',
      '2000-10-10T20:55:36.000Z',
      '',
      '',
      '',
      '"GET / HTTP/1.0" 200 2 "-" "curl"',
    ],
    ['log4j', '2024-04-15 12:34:56,789 [main] INFO  a.B - up', '2024-04-15T12:34:56.789Z', 'INFO', 'a.B', '', 'up'],
    [
      'log4j',
      '2024-04-15T12:34:56.789Z ERROR 7 --- [  main] a.B      : up',
      '2024-04-15T12:34:56.789Z',
      'ERROR',
      'a.B',
      '',
      'up',
    ],
    ['log4j', '2024-04-15 12:34:56,789 - a.b - WARNING - up', '2024-04-15T12:34:56.789Z', 'WARNING', 'a.b', '', 'up'],
    [
      'log4j',
      '2024/04/15 12:34:56 [error] 7#7: *1 open() failed',
      '2024-04-15T12:34:56.000Z',
      'error',
      '',
      '',
      '7#7: *1 open() failed',
    ],
    ['log4j', '[2024-04-15 12:34:56] DEBUG up', '2024-04-15T12:34:56.000Z', 'DEBUG', '', '', 'up'],
    [
      'logfmt',
      'ts=2024-04-15T12:34:56Z level=warn caller=a.go:1 msg="say \\"hi\\"" n=1',
      '2024-04-15T12:34:56.000Z',
      'warn',
      'a.go:1',
      '',
      'say "hi"',
    ],
    ['timed', '2024-04-15 12:34:56.1 up and running', '2024-04-15T12:34:56.100Z', '', '', '', 'up and running'],
  ])('%s reads %s', (name, line, time, level, component, node, content) => {
    expect(header(name, line)).toEqual({ time, level, component, node, content });
    expect(detectFormat([line]).name).toBe(name);
  });

  it.each([
    ['jsonl', '[1]'],
    ['jsonl', '{"a":1'],
    ['journald', '{"MESSAGE":"x"}'],
    ['logfmt', 'a = b'],
    ['logfmt', 'say x=1'],
    ['logfmt', 'level=info'],
    ['klog', 'X0415 12:34:56.789123 1 a.go:1] x'],
  ])('%s refuses %s', (name, line) => expect(header(name, line)).toBeUndefined());

  it.each([
    [
      '<Date> <Time> <Level> <Component>: <Content>',
      '15.04.2024 12:34:56 INFO a: up',
      '2024-04-15T12:34:56.000Z',
      'INFO',
      'a',
    ],
    ['\\[<Time>\\] <Component>|<Content>', '[Mon Apr 15 12:34:56 2024] a|up', '2024-04-15T12:34:56.000Z', '', 'a'],
    ['<Month> <Date> <Time> <Content>', 'Apr 15 12:34:56 up', '2000-04-15T12:34:56.000Z', '', ''],
    ['<Timestamp>,<Level>,<Content>', '1713184496,WARN,up', '2024-04-15T12:34:56.000Z', 'WARN', ''],
    ['<Level> <Content>', 'WARN up', null, 'WARN', ''],
  ])("takes the user's layout %s", async (format, line, time, level, component) => {
    const { events, summary } = await parsed([line], { input: { format } });
    const found = Number(events[0].time);
    expect([Number.isNaN(found) ? null : new Date(found).toISOString(), events[0].level, events[0].component]).toEqual([
      time,
      level,
      component,
    ]);
    expect(summary).toMatchObject({ lineFormat: format, formatConfidence: null });
  });

  it('takes a time beyond all numbers for none', async () => {
    const { events, summary } = await parsed(['{"time":1e999,"message":"up"}', '{"time":1e300,"message":"down"}'], {
      input: { format: 'jsonl' },
    });
    expect(summary).toMatchObject({ parsed: 2 });
    expect(events.map(({ time }) => Number.isNaN(Number(time)))).toEqual([true, true]);
  });

  it("takes no line of a stack trace for one of the user's layout", async () => {
    const lines = [
      '2024-04-15 12:34:56,789 ERROR a.B: up',
      'Caused by: java.io.IOException at once: broken pipe',
      '2024-04-15 12:34:57,001 INFO a.B: down',
      'one two three four: five',
    ];
    const { events, summary } = await parsed(lines, {
      input: { format: '<Date> <Time> <Level> <Component>: <Content>' },
    });
    expect(events.map(({ lines, component }) => [lines, component])).toEqual([
      [2, 'a.B'],
      [1, 'a.B'],
    ]);
    expect(summary).toMatchObject({ parsed: 2, joined: 1, rejected: 1 });
  });

  it('are all in docs/formats.md, in their order', () => {
    const page = readFileSync('docs/formats.md', 'utf8');
    expect(Array.from(page.matchAll(/^\| `(\w+)`/gm), ([, name]) => name)).toEqual(Object.keys(FORMATS));
  });

  it('refuses what is no layout', async () => {
    await expect(parsed(['x'], { input: { format: '<Date> <Time>' } })).rejects.toThrow(
      "layout '<Date> <Time>' doesn't end",
    );
    await expect(parsed(['x'], { input: { format: 'nonsense' } })).rejects.toThrow(
      "There is no line format 'nonsense'",
    );
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
