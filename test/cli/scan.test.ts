import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { at, service } from '../scan/logs.js';
import { logbert } from './logbert.js';

const dir = mkdtempSync(join(tmpdir(), 'logbert-cli-scan-'));
/** Makes a line longer than a terminal is wide. */
const LONG = 'x'.repeat(200);
const file = (name: string) => join(dir, name);

beforeAll(() => {
  writeFileSync(file('good.log'), service(0, 100).join('\n'));
  writeFileSync(file('new.log'), [...service(100, 100), at(900, `write to disk failed ${LONG}`, 'ERROR')].join('\n'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('learns, scans, and says by its exit code whether something high was found', async () => {
  const fit = await logbert(['fit', 'good.log'], { cwd: dir });
  expect(fit.code).toBe(0);
  expect(fit.stdout).toContain('Next: logbert scan FILE --bundle logbert-bundle.zip');
  // Longer than a terminal is wide.
  expect(fit.stdout).toMatch(/^learnt {5}templates, .{50,}; count vectors$/m);
  expect(fit.stdout).toMatch(/^budget {5}[\d.]+ s of 2 min 0 s spent; every line was read$/m);
  const scan = await logbert(['scan', 'new.log', '--fail-on', 'high', '--html', 'page.html'], { cwd: dir });
  expect(scan.code).toBe(3);
  expect(scan.stdout).toContain('HIGH new template');
  expect(scan.stdout).toContain(`ERROR app.Main: write to disk failed ${LONG}\n`);
  const json = await logbert(['scan', 'new.log', '--json'], { cwd: dir });
  expect(JSON.parse(json.stdout).findings[0]).toMatchObject({ kind: 'new-template', level: 'high' });
  const csv = await logbert(['scan', 'new.log', '--csv'], { cwd: dir });
  expect(csv.stdout.split('\n')[1]).toContain('write to disk failed');
  expect((await logbert(['scan', 'good.log', '--fail-on', 'low'], { cwd: dir })).code).toBe(0);
});

it('compares two logs without a bundle', async () => {
  const diff = await logbert(['diff', 'good.log', 'new.log', '--fail-on', 'high'], { cwd: dir });
  expect(diff.code).toBe(3);
  expect(diff.stdout).toContain('write to disk failed');
});

it('scores sessions with the bundle of fit', async () => {
  const predict = await logbert(['predict', '--bundle', 'logbert-bundle.zip', 'new.log'], { cwd: dir });
  expect(predict.code).toBe(0);
  expect(predict.stdout.split('\n').slice(0, 2)).toEqual(['id,length,score,alert,distance,lines', expect.any(String)]);
});

it('refuses a budget that is no span of time', async () => {
  const { code, stderr } = await logbert(['fit', 'good.log', '--budget', 'soon'], { cwd: dir });
  expect(code).toBe(2);
  expect(stderr).toContain('--budget: expected a span of time such as 90s or 2m, found "soon"');
});

it.each([['fit'], ['scan', '--bundle', 'logbert-bundle.zip']])(
  'takes no line of a pipe for a file: %s',
  async (...args) => {
    const { code, stderr } = await logbert(args, { cwd: dir, input: 'good.log\n' });
    expect(code).toBe(2);
    expect(stderr).toContain('No log file given; - is standard input.');
    expect(stderr).toContain(`Next: logbert ${args[0]} FILE`);
  },
);

it('scans a folder in which its own bundle stands', async () => {
  mkdirSync(file('logs'));
  writeFileSync(file('logs/messages'), service(0, 100).join('\n'));
  const cwd = file('logs');
  expect((await logbert(['fit', '.'], { cwd })).code).toBe(0);
  expect((await logbert(['scan', '.', '--html', 'findings.html'], { cwd })).code).toBe(0);
  expect((await logbert(['scan', '.'], { cwd })).stdout).toMatch(/^lines in 400 = /m);
  expect(readdirSync(cwd).sort()).toEqual([
    'findings.html',
    'logbert-bundle.zip',
    'logbert-bundle.zip.told.json',
    'messages',
  ]);
}, 30_000);

it('a bundle that is cut is made anew by fit', async () => {
  writeFileSync(file('cut.zip'), readFileSync(file('logbert-bundle.zip')).subarray(0, 2000));
  const { code, stderr } = await logbert(['scan', 'new.log', '--bundle', 'cut.zip'], { cwd: dir });
  expect(code).toBe(1);
  expect(stderr).toMatch(/The bundle cut\.zip is refused: it is cut/);
  expect(stderr).toContain('Next: logbert fit FILE --bundle cut.zip');
});

it('names the command that is missing', async () => {
  const { code, stderr } = await logbert(['scan', 'new.log', '--bundle', 'no.zip'], { cwd: dir });
  expect(code).toBe(1);
  expect(stderr).toContain('There is no bundle no.zip');
  expect(stderr).toContain('Next: logbert fit FILE --bundle no.zip');
});

it('does not learn where that would be a mistake', async () => {
  const refused = async (...args: string[]) => {
    const { code, stderr } = await logbert(['fit', 'good.log', '--bundle', 'none.zip', ...args], { cwd: dir });
    return `${code} ${stderr}`;
  };
  expect(await refused('--since', 'yesterday')).toMatch(/^2 Error: --since: expected a time/);
  expect(await refused('--since', '2099-01-01')).toMatch(
    /Error: None of the \d+ lines of good\.log is left by --since/,
  );
  expect(await refused('--window', '10', '--session-id', 'x')).toMatch(/^2 Error: .*cannot also be provided/s);
  expect(await refused('--quantile', '.1', '--alarms-per-day', '1')).toMatch(/^2 Error: .*cannot also be provided/s);
  expect(await refused('--update', 'logbert-bundle.zip')).toMatch(/^2 Error: .*cannot also be provided/s);
  const log = readFileSync(file('good.log'), 'utf8');
  const over = await logbert(['fit', 'good.log', '--bundle', 'good.log'], { cwd: dir });
  expect(over).toMatchObject({ code: 1 });
  expect(over.stderr).toMatch(/^Error: good\.log is no bundle, and isn't overwritten/);
  expect(readFileSync(file('good.log'), 'utf8')).toBe(log);
  const nowhere = await logbert(['fit', 'good.log', '--bundle', 'no/where.zip'], { cwd: dir });
  expect(nowhere.stderr).toMatch(/^Error: no\/where\.zip can't be written: there is no such folder\./);
  expect(existsSync(file('none.zip'))).toBe(false);
});
