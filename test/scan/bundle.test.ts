import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { settingsSchema } from '../../src/config/schema.js';
import { silent } from '../../src/progress.js';
import { acceptFinding, reportBundle } from '../../src/scan/accept.js';
import { fitLogs } from '../../src/scan/fit.js';
import { findingsPage } from '../../src/scan/page.js';
import { scanLogs } from '../../src/scan/scan.js';
import { bundleLines } from '../../src/terminal/bundleLines.js';
import { findingsText } from '../../src/terminal/findings.js';
import { at, service, withLogs } from './logs.js';

it('an accepted finding stays away, and the report says who accepted it', () =>
  withLogs(async (logs) => {
    await logs.fit(service(0, 100));
    const odd = [...service(100, 100), at(900, 'backup started'), ...service(230, 20)];
    const [finding] = (await logs.scan(odd)).findings;
    await acceptFinding({ bundle: logs.bundle, finding: finding.id, note: 'nightly', by: 'ann' });
    const after = await logs.scan(odd);
    expect(after.findings.map(({ id }) => id)).not.toContain(finding.id);
    expect(after.accepted).toBe(1);
    const what = { kind: 'new-template', template: 'backup started' };
    await acceptFinding({ bundle: logs.bundle, finding: '0123456789ab', note: '', by: 'bob' });
    const report = await reportBundle(logs.bundle);
    expect(report.accepted).toMatchObject([{ id: finding.id, by: 'ann', note: 'nightly', ...what }, { by: 'bob' }]);
    const lines = bundleLines(report, Number.POSITIVE_INFINITY).slice(-2);
    expect(lines[0]).toMatch(/ ann {2}.* nightly {2}new template: backup started$/);
    expect(lines[1]).toMatch(/ bob .* of which no scan beside this bundle told$/);
  }));

it('learns on: templates keep their ids, and what was learnt is no news', () =>
  withLogs(async (logs) => {
    const first = await logs.fit(service(0, 100));
    const more = await logs.write('more.log', [...service(100, 50), at(640, 'backup started'), ...service(161, 50)]);
    const settings = settingsSchema.parse({});
    const second = await fitLogs(settings, { files: [more], bundle: '', update: logs.bundle }, silent);
    expect(second).toMatchObject({ bundle: logs.bundle, newTemplates: 1, templates: first.templates + 1 });
    const { findings } = await logs.scan([...service(250, 50), at(1201, 'backup started')]);
    expect(findings.filter(({ kind }) => kind === 'new-template')).toEqual([]);
    expect((await reportBundle(logs.bundle)).fittings).toHaveLength(2);
  }));

it('sessions that were open at the end of training go on', () =>
  withLogs(async (logs) => {
    const lines = service(0, 300, true);
    const cut = 4 * 150 + 2;
    const { sessions } = await logs.fit(lines.slice(0, cut));
    expect(sessions).toMatchObject({ pattern: 'job_-?\\d+' });
    expect((await logs.scan(lines.slice(cut))).findings).toEqual([]);
  }));

it('the log that was learnt shows nothing when it is scanned itself', () =>
  withLogs(async (logs) => {
    const lines = service(0, 300, true);
    await logs.fit(lines);
    expect((await logs.scan(lines)).findings).toEqual([]);
  }));

it('sessions of two runs that differ are apart, though their ids are the same', () =>
  withLogs(async (logs) => {
    const run = (hour: number) =>
      Array.from({ length: 200 }, (_, i) => {
        const head = `Jun 14 ${hour}:${String(i % 60).padStart(2, '0')}:00 combo sshd[${1000 + i}]:`;
        return [`${head} session opened for user root`, `${head} session closed for user root`];
      }).flat();
    expect((await logs.diff(run(10), run(12))).findings).toEqual([]);
  }));

it('a bundle of another log is told of in one line', () =>
  withLogs(async (logs) => {
    await logs.fit(service(0, 100));
    const other = Array.from(
      { length: 100 },
      (_, i) => `Jun 14 15:16:01 combo sshd[${i}]: session opened for user root`,
    );
    await expect(logs.scan(other)).rejects.toThrow(/100 % of the 100 lines are unknown.*Is it the right bundle\?/);
  }));

it('the lines of a finding come in the order of the logs, whatever their names', () =>
  withLogs(async (logs) => {
    await logs.fit(service(0, 100));
    const files = await Promise.all([
      logs.write('z.log', [...service(100, 50), at(601, 'disk failed', 'ERROR')]),
      logs.write('a.log', [at(602, 'disk failed', 'ERROR'), ...service(160, 50)]),
    ]);
    const { findings } = await scanLogs({ files, bundle: logs.bundle, context: 0, top: 1 }, silent);
    expect(findings[0].evidence.map(({ file, line }) => [file, line])).toEqual([
      [files[0], 201],
      [files[1], 1],
    ]);
  }));

it('a flood of new lines is no other log', () =>
  withLogs(async (logs) => {
    await logs.fit(service(0, 100));
    const flood = Array.from({ length: 400 }, (_, i) => at(600 + i, `no connection to 10.0.0.${i % 9}`, 'ERROR'));
    const { account, findings } = await logs.scan([...service(100, 10), ...flood]);
    expect(account).toMatchObject({ linesIn: 440, unknown: 400 });
    expect(findings).toContainEqual(expect.objectContaining({ kind: 'new-template', lineCount: 400 }));
    // With nothing else beside it, it can't be told from another log.
    await expect(logs.scan(flood)).rejects.toThrow('Is it the right bundle?');
  }));

it('labels and times leave lines out of what is learnt', () =>
  withLogs(async (logs) => {
    const lines = [...service(0, 50), at(300, 'disk failed', 'ERROR'), ...service(80, 50)];
    const labels = await logs.write('labels.csv', ['from,to,label', '201,201,bad']);
    const labelled = await logs.fit(lines, { labels });
    expect(labelled.account).toMatchObject({ linesIn: 401, parsed: 400, outside: 1 });
    expect((await logs.scan(lines)).findings[0]).toMatchObject({ kind: 'new-template', template: 'disk failed' });
    const early = await logs.fit(lines, { until: '2017-06-09T00:05:00' });
    expect(early).toMatchObject({ account: { outside: 201 }, last: '2017-06-09T00:03:19.000Z' });
  }));

it.each([
  [['x,y', '1,2'], /labels\.csv: expected a CSV with the columns from,to,label, found the header "x,y"\.$/],
  [['from,to,label'], /labels\.csv: expected a CSV .* found no row\.$/],
  [['from,to,label', '1,2,odd'], /labels\.csv, row 1: expected from,to,label with the label bad or good/],
])('labels that say nothing are refused: %s', (rows, message) =>
  withLogs(async (logs) => {
    const labels = await logs.write('labels.csv', rows);
    await expect(logs.fit(service(0, 50), { labels })).rejects.toThrow(message);
  }),
);

it('reads gzip, folders, patterns and standard input alike', () =>
  withLogs(async (logs) => {
    const lines = service(0, 40);
    await logs.fit(lines);
    const log = await logs.write('a.log', service(40, 40));
    await writeFile(logs.path('b.gz'), gzipSync(lines.join('\n')));
    const accounts = [];
    for (const files of [
      [log, logs.path('b.gz')],
      [logs.path('a*'), logs.path('?.gz')],
    ]) {
      const { account } = await scanLogs({ files, bundle: logs.bundle, context: 0, top: 1 }, silent);
      accounts.push(account);
    }
    expect(accounts[0]).toEqual(accounts[1]);
    expect(accounts[0]).toMatchObject({ linesIn: 320, parsed: 320 });
    await expect(
      scanLogs({ files: [logs.path('z*')], bundle: logs.bundle, context: 0, top: 1 }, silent),
    ).rejects.toThrow('There is no file');
  }));

it.each([
  ['one line', [at(1, 'started')]],
  ['one template', new Array(60).fill('tick')],
  ['no timestamps', Array.from({ length: 200 }, (_, i) => `worker started step ${i % 7}`)],
  ['timestamps out of order', service(0, 60).reverse()],
  ['mixed formats', [...service(0, 50), ...new Array(60).fill('Jun 14 15:16:01 combo sshd[1]: session opened')]],
])('%s: fits, and finds nothing high in itself', (_, lines) =>
  withLogs(async (logs) => {
    const { account } = await logs.fit(lines);
    expect(account.parsed + account.rejected).toBe(lines.length);
    const { findings } = await logs.scan(lines);
    expect(findings.filter(({ level }) => level === 'high')).toEqual([]);
  }),
);

it('refuses what is empty or binary, and shows no control characters of a log', () =>
  withLogs(async (logs) => {
    await expect(logs.fit([])).rejects.toThrow('is empty');
    await expect(logs.fit(['\u0000\u0001'])).rejects.toThrow("isn't a text file");
    await logs.fit(service(0, 60));
    const report = await logs.scan([
      ...service(60, 60),
      at(700, 'all \u001b[31mred\u0007 <script>alert(1)</script>', 'ERROR'),
    ]);
    const text = findingsText(report, 80, (_style, plain) => plain);
    expect(text.join('')).toContain('\\x1b[31mred');
    expect(text.filter((line) => line.length > 80)).toEqual([]);
    expect(findingsPage(report)).not.toContain('<script>alert');
  }));

it('of two build logs tells what the bad one has alone', () =>
  withLogs(async (logs) => {
    const build = Array.from({ length: 500 }, (_, i) => `[${i % 100}%] Building C object src/file${i}.o`);
    const failed = [...build.slice(0, 300), "src/file7.c:12: error: 'x' undeclared", ...build.slice(300)];
    const { findings, format } = await logs.diff(build, failed);
    expect(format).toBe('plain');
    expect(findings[0]).toMatchObject({ kind: 'new-template', lines: [expect.objectContaining({ from: 301 })] });
    expect((await logs.diff(build, build)).findings).toEqual([]);
  }));

it('a session that was learnt within one second is known when the log is scanned itself', () =>
  withLogs(async (logs) => {
    const lines = Array.from({ length: 200 }, (_, n) => [
      at(n, `request accepted job_${1000 + n}`),
      at(n, `request finished job_${1000 + n} with status 200`),
    ]).flat();
    await logs.fit(lines);
    expect((await logs.scan(lines)).findings).toEqual([]);
  }));
