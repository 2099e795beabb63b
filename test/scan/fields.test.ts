import { expect, it } from 'vitest';
import type { Finding } from '../../src/scan/finding.js';
import { withLogs } from './logs.js';

type Fields = Record<string, unknown>;

/** A service that writes what it did into fields, two lines a request. */
function requests(from: number, number: number): Fields[] {
  return Array.from({ length: number }, (_, i) => {
    const n = from + i;
    const shared = { time: new Date(1.7e12 + n * 1000).toISOString(), level: 'info', logger: 'http', reqId: `r${n}` };
    return [
      { ...shared, msg: 'accepted a request', user: { role: n % 5 === 0 ? 'admin' : 'guest', name: `name of ${n}` } },
      { ...shared, msg: 'answer was sent to client', status: n % 9 === 0 ? 404 : 200, ms: 20 + ((n * 7) % 30) },
    ];
  }).flat();
}

const ISO = (fields: Fields) => String(fields.time);
const FORMATS: Record<string, (fields: Fields) => string> = {
  jsonl: (fields) => JSON.stringify(fields),
  logfmt: ({ user, ...fields }) =>
    Object.entries({ ...fields, ...(user as Fields) })
      .map(([name, value]) => `${name}=${name === 'ms' ? `${value}ms` : JSON.stringify(value)}`)
      .join(' '),
  docker: (fields) => JSON.stringify({ log: `${JSON.stringify(fields)}\n`, stream: 'stdout', time: ISO(fields) }),
  cri: (fields) => `${ISO(fields)} stdout F ${JSON.stringify(fields)}`,
};

/** What is found when `change` is made to the 102nd of 120 lines behind 200 others. */
async function found(format: string, change: (fields: Fields) => Fields): Promise<Finding[]> {
  return withLogs(async (logs) => {
    const write = (lines: Fields[]) => lines.map(FORMATS[format]);
    const fit = await logs.fit(write(requests(0, 100)));
    expect(fit).toMatchObject({ format, templates: 2, sessions: { field: 'reqId' } });
    const lines = requests(100, 60);
    lines[101] = change(lines[101]);
    const { findings } = await logs.scan(write(lines));
    for (const { lines: at } of findings) expect(at).toEqual([expect.objectContaining({ from: 102, to: 102 })]);
    return findings;
  });
}

it.each([
  ['a value that is none of the few', { status: 503 }, 'parameter', 'status is 503 in: answer was sent to client'],
  [
    'a level that this message never had',
    { level: 'error' },
    'parameter',
    'level is error in: answer was sent to client',
  ],
  ['a number beyond its range', { ms: 4919 }, 'parameter', 'ms is 4919 in: answer was sent to client'],
  ['a field that is new', { err: 'refused' }, 'field', 'a field err in: answer was sent to client'],
  ['a field that is missing', { status: undefined }, 'field', 'no field status in: answer was sent to client'],
])('%s', async (_, change, kind, text) => {
  const [first, ...others] = await found('jsonl', (fields) => without({ ...fields, ...change }));
  expect(first).toMatchObject({ kind, found: text });
  expect(others).toEqual([]);
});

it.each(['logfmt', 'docker', 'cri'])('fields of %s', async (format) => {
  const [first, ...others] = await found(format, (fields) => ({ ...fields, status: 503 }));
  expect(first).toMatchObject({ kind: 'parameter', found: 'status is 503 in: answer was sent to client' });
  expect(others).toEqual([]);
});

function without(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

it('one incident is one finding, whatever fields tell of it', async () => {
  const [first, ...others] = await found('jsonl', (fields) => ({ ...fields, status: 503, ms: 4919, err: 'refused' }));
  expect(others).toEqual([]);
  const told = [first.found, ...first.along.map(({ template }) => template)];
  expect(told.sort()).toEqual([
    'a field err in: answer was sent to client',
    'ms is 4919 in: answer was sent to client',
    'status is 503 in: answer was sent to client',
  ]);
});

it('nothing of names that are values, such as the keys of a map', () =>
  withLogs(async (logs) => {
    const lines = (from: number) =>
      requests(from, 60).map((fields, i) => FORMATS.jsonl({ ...fields, seen: { [`user${from + i}`]: true } }));
    await logs.fit(lines(0));
    expect((await logs.scan(lines(1000))).findings).toEqual([]);
  }));

it('nothing where fields are as they were', async () => {
  expect(await found('jsonl', (fields) => fields)).toEqual([]);
});

it('a status that an access log never had, as one finding for all that asked', () =>
  withLogs(async (logs) => {
    const line = (n: number, status: number) =>
      `10.0.0.${n % 9} - - [10/Oct/2025:13:${String(n % 60).padStart(2, '0')}:36 +0000] "${n % 3 === 0 ? 'POST' : 'GET'} /page HTTP/1.1" ${status} ${500 + (n % 40)} "-" "agent-${['a', 'b'][n % 2]}"`;
    await logs.fit(Array.from({ length: 300 }, (_, n) => line(n, n % 7 === 0 ? 404 : 200)));
    const { findings } = await logs.scan(
      Array.from({ length: 120 }, (_, n) => line(n, n > 100 && n < 110 ? 502 : 200)),
    );
    const told = findings.filter(({ kind }) => kind === 'parameter');
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ found: expect.stringContaining('status is 502'), lineCount: 9 });
  }));

it('the session is the field that the user names, if there is one', () =>
  withLogs(async (logs) => {
    const lines = requests(0, 100).map(FORMATS.jsonl);
    const { sessions, sessionCount } = await logs.fit(lines, { sessionField: 'user.role' });
    expect(sessions).toMatchObject({ field: 'user.role', why: 'the field user.role, as given' });
    expect(sessionCount).toBe(2);
    await expect(logs.fit(lines, { sessionField: 'request' })).rejects.toThrow(
      'None of the first lines has a field request (--session-field). Fields found: level, logger, reqId, user.role, user.name, status, ms.',
    );
  }));

it('an object that is nested deeper than any program needs ends nothing', () =>
  withLogs(async (logs) => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const usual = Array.from({ length: 100 }, (_, i) => `{"level":"info","msg":"served","ms":${i % 7}}`);
    const { account } = await logs.fit([...usual, `{"msg":"served","a":${deep}}`, `{"msg":${deep}}`]);
    expect(account).toMatchObject({ linesIn: 102, parsed: 102 });
    expect((await logs.scan([...usual, `{"msg":${deep}}`])).account.parsed).toBe(101);
  }));
