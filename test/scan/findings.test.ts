import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/scan/finding.js';
import { at, service, withLogs } from './logs.js';

/** What is found when `change` is made to the second hundred requests of a service. */
async function findings(change: (lines: string[]) => string[], named = false): Promise<Finding[]> {
  return withLogs(async (logs) => {
    await logs.fit(service(0, 200, named));
    return (await logs.scan(change(service(200, 200, named)))).findings;
  });
}

function insert(lines: string[], line: number, ...added: string[]): string[] {
  return [...lines.slice(0, line - 1), ...added, ...lines.slice(line - 1)];
}

describe('scan tells', () => {
  it('nothing where nothing is unusual', async () => {
    expect(await findings((lines) => lines)).toEqual([]);
    expect(await findings((lines) => lines, true)).toEqual([]);
  });

  it('a new template with its line', async () => {
    const [first] = await findings((lines) => insert(lines, 101, at(1201, 'disk is nearly full', 'WARN')));
    expect(first).toMatchObject({ kind: 'new-template', times: 1, template: 'disk is nearly full' });
    expect(first.lines).toEqual([expect.objectContaining({ from: 101, to: 101 })]);
    expect(first.evidence).toEqual([
      expect.objectContaining({ line: 101, hit: true, text: expect.stringContaining('disk') }),
    ]);
  });

  it('an error before a piece of news', async () => {
    const found = await findings((lines) =>
      insert(insert(lines, 101, at(1201, 'cache was warmed')), 301, at(1402, 'write to disk failed', 'ERROR')),
    );
    expect(found.map(({ template }) => template)).toEqual(['write to disk failed', 'cache was warmed']);
  });

  it('a line of another layout', async () => {
    const [first] = await findings((lines) => insert(lines, 101, 'Segmentation fault (core dumped)'));
    expect(first).toMatchObject({ kind: 'rejected', level: 'high', template: 'Segmentation fault (core dumped)' });
  });

  it('a number beyond its range, and how it was', async () => {
    const change = (lines: string[]) =>
      lines.map((line, i) => (i === 401 ? line.replace(/took \d+/, 'took 31000') : line));
    const [first] = await findings(change);
    expect(first).toMatchObject({
      kind: 'parameter',
      found: 'the value 31000',
      expected: expect.stringContaining('20 to 49'),
    });
    expect(first.lines[0].from).toBe(402);
  });

  it('one value in two messages of a session once', async () => {
    const change = (lines: string[]) =>
      lines.map((line, i) => (i === 401 || i === 402 ? line.replace(/(took|sent) \d+/, '$1 31000') : line));
    const values = (found: Finding[]) => found.filter(({ kind }) => kind === 'parameter');
    expect(values(await findings(change))).toHaveLength(2);
    const [one, ...others] = values(await findings(change, true));
    expect(others).toEqual([]);
    expect(one).toMatchObject({ found: 'the value 31000', along: [{ lines: 1 }] });
  });

  it('a word that is none of the few', async () => {
    const change = (lines: string[]) =>
      lines.map((line, i) => (i === 403 ? line.replace('status 200', 'status 503') : line));
    expect((await findings(change))[0]).toMatchObject({ kind: 'parameter', found: 'the value 503' });
  });

  it('neighbours that changed places', async () => {
    const change = (lines: string[]) => [...lines.slice(0, 401), lines[402], lines[401], ...lines.slice(403)];
    const [first] = await findings(change);
    expect(first.kind).toBe('order');
    expect(first.lines.some(({ from, to }) => from <= 403 && to >= 402)).toBe(true);
  });

  it('the same line again and again', async () => {
    const [first] = await findings((lines) => insert(lines, 102, ...new Array(9).fill(lines[100])));
    expect(first).toMatchObject({
      kind: 'burst',
      found: '10 lines'.replace('10 lines', 'the same line 10 times in a row'),
    });
  });

  it('a silence', async () => {
    const change = (lines: string[]) => lines.filter((line, i) => i < 300 || i > 500 || !line.includes('sent'));
    const found = await findings(change);
    expect(found.map(({ kind }) => kind)).toContain('silence');
  });

  it('a component that never comes, in a log that begins anew', () =>
    withLogs(async (logs) => {
      const withBeats = (lines: string[]) =>
        lines.flatMap((line, i) => (i % 8 === 0 ? [line, at(i, 'heartbeat', 'INFO', 'app.Monitor')] : [line]));
      await logs.fit(withBeats(service(0, 200)));
      const { findings: usual } = await logs.scan(withBeats(service(2000, 200)));
      expect(usual).toEqual([]);
      const { findings: quiet } = await logs.scan(service(2000, 200));
      expect(quiet[0]).toMatchObject({ kind: 'component', found: expect.stringContaining('nothing of app.Monitor') });
    }));

  it('what is missing in a session, with its name', async () => {
    const change = (lines: string[]) => lines.filter((line) => !(line.includes('job_1250') && line.includes('query')));
    const found = await findings(change, true);
    expect(found.find(({ kind }) => kind === 'missing')).toMatchObject({ sessions: ['job_1250'] });
  });

  it('what a session has too often', async () => {
    const change = (lines: string[]) => insert(lines, 203, lines[201], lines[201]);
    const extra = (await findings(change, true)).find(({ kind }) => kind === 'extra');
    expect(extra).toMatchObject({ found: expect.stringContaining('3 times in session job_1250') });
  });

  it('a burst without the count that it makes in its session', async () => {
    const found = await findings((lines) => insert(lines, 203, ...new Array(9).fill(lines[201])), true);
    const [{ kind }] = found;
    expect(kind).toBe('burst');
    expect(found.filter((other) => other.kind === 'extra' || other.kind === 'count')).toEqual([]);
  });

  it('one cause once, however often it is there', async () => {
    const failed = [3, 57, 91].map((n) => at(1200 + n, `could not reach host node-${n}`, 'ERROR'));
    const change = (lines: string[]) => failed.reduce((all, line, i) => insert(all, 50 + 90 * i, line), lines);
    const [first, ...others] = await findings(change);
    expect(first).toMatchObject({ kind: 'new-template', lineCount: 3 });
    expect(others.filter(({ kind }) => kind === 'new-template')).toEqual([]);
  });
});
