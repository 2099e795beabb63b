import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logbert, type Outcome, scratch, waitFor } from './logbert.js';

const dir = scratch();
const log = join(dir, 'good.log');
const labels = join(dir, 'good_label.csv');
let lines: string[];
let next = 0;

/** A new path in the scratch folder. */
function fresh(name: string): string {
  return join(dir, `${next++}-${name}`);
}

function file(name: string, content: string | Buffer): string {
  const path = fresh(name);
  writeFileSync(path, content);
  return path;
}

async function ok(args: string[], options?: Parameters<typeof logbert>[1]) {
  const outcome = await logbert([...args, '--json'], options);
  expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
  return JSON.parse(outcome.stdout);
}

/** Checks that a failure is one clear message, with the command to run next if there is one, and without a stack. */
function expectFailure(outcome: Outcome, code: number, message: RegExp, nextCommand?: RegExp): void {
  expect(outcome.stderr).toMatch(message);
  expect(outcome.code).toBe(code);
  expect(outcome.stderr).not.toMatch(/^\s+at |fault of logbert/m);
  if (nextCommand) expect(outcome.stderr).toMatch(nextCommand);
}

beforeAll(async () => {
  await ok(['generate', log, '--labels', labels, '--sessions', '150', '--anomaly-rate', '0.1']);
  lines = readFileSync(log, 'utf8').trimEnd().split('\n');
}, 60_000);

describe('a log that', () => {
  it('is missing', async () => {
    const path = fresh('absent.log');
    expectFailure(await logbert(['parse', path, '--run', fresh('run')]), 1, /^Error: .*absent\.log/);
  });

  it('is a folder without files', async () => {
    const empty = fresh('empty');
    mkdirSync(empty);
    expectFailure(await logbert(['parse', empty, '--run', fresh('run')]), 1, /^Error: .*empty/);
  });

  it('is missing: nothing is left of the run that it was meant for', async () => {
    const above = fresh('above');
    await logbert(['parse', fresh('absent.log'), '--run', join(above, 'run')]);
    expect(existsSync(above)).toBe(false);
    mkdirSync(above);
    await logbert(['parse', file('empty.log', ''), '--run', above]);
    expect(readdirSync(above)).toEqual([]);
  });

  it('is not named at all', async () => {
    const outcome = await logbert(['parse', '--run', fresh('run')]);
    expect([1, 2]).toContain(outcome.code);
    expect(outcome.stderr).toMatch(/^Error: .*log file/i);
  });

  it('is empty', async () => {
    expectFailure(await logbert(['parse', file('empty.log', ''), '--run', fresh('run')]), 1, /^Error: .*empty/m);
  });

  it('is binary', async () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 2654435761) >>> 24));
    const outcome = await logbert(['parse', file('binary.log', bytes), '--run', fresh('run')]);
    expectFailure(outcome, 1, /^Error: .*(binary|None of the)/m);
  });

  it('is a gzip that was cut', async () => {
    const whole = gzipSync(lines.join('\n'));
    const outcome = await logbert([
      'parse',
      file('cut.log.gz', whole.subarray(0, whole.length / 2)),
      '--run',
      fresh('run'),
    ]);
    expectFailure(outcome, 1, /^Error: .*cut\.log\.gz.*(cut|truncated|incomplete|ends)/m);
  });

  it('has lines of another format: they are counted and kept aside', async () => {
    const odd = ['stack trace follows', '   at line 7', 'not a log line'];
    const run = fresh('run');
    const path = file('odd.log', [...odd.slice(0, 2), ...lines, odd[2], ''].join('\n'));
    const summary = await ok(['parse', path, '--run', run]);
    expect(summary).toMatchObject({ linesIn: lines.length + 3, parsed: lines.length, rejected: 3 });
    const kept = readFileSync(join(run, 'rejected.log'), 'utf8');
    for (const line of odd) expect(kept).toContain(line.trim());
  });

  it('has a line of 10 MB', async () => {
    const long = `${lines[0]} ${'x'.repeat(10_000_000)}`;
    const path = file('long.log', [...lines.slice(0, 50), long, ...lines.slice(50), ''].join('\n'));
    const summary = await ok(['parse', path, '--run', fresh('run')]);
    expect(summary).toMatchObject({ linesIn: lines.length + 1, parsed: lines.length, rejected: 1 });
  });

  it('has a BOM and CRLF line ends: the same templates come out', async () => {
    const [plain, windows] = [fresh('run'), fresh('run')];
    await ok(['parse', log, '--run', plain]);
    const summary = await ok(['parse', file('crlf.log', `\ufeff${lines.join('\r\n')}\r\n`), '--run', windows]);
    expect(summary).toMatchObject({ linesIn: lines.length, parsed: lines.length, rejected: 0 });
    const templates = (run: string) => readFileSync(join(run, 'templates.csv'), 'utf8');
    expect(templates(windows)).toBe(templates(plain));
  });
});

describe('labels', () => {
  const parsed = fresh('labels-run');
  beforeAll(async () => {
    await ok(['parse', log, '--run', parsed]);
  });

  it('of unknown sessions are counted', async () => {
    const more = file('more.csv', `${readFileSync(labels, 'utf8').trimEnd()}\nblk_1,Normal\nblk_2,Anomaly\n`);
    const summary = await ok(['sessions', '--run', parsed, '--labels', more]);
    expect(summary.unusedLabels).toBe(2);
  });

  it('that are missing as a file are named', async () => {
    const outcome = await logbert(['sessions', '--run', parsed, '--labels', fresh('absent.csv')]);
    expectFailure(outcome, 1, /^Error: .*absent\.csv/);
  });

  it('of one class alone are said to prove nothing', async () => {
    const normal = file('normal.csv', readFileSync(labels, 'utf8').replaceAll('Anomaly', 'Normal'));
    const { stderr, code } = await logbert(['sessions', '--run', parsed, '--labels', normal]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/normal/);
    await ok(['vocab', '--run', parsed]);
    const rows = readFileSync(normal, 'utf8').trim().split('\n').slice(1);
    const scores = file(
      'scores.csv',
      ['id,score', ...rows.map((row, i) => `${row.split(',')[0]},${i % 7}`)].join('\n'),
    );
    const result = await ok(['evaluate', '--run', parsed, '--scores', scores]);
    expect(result.result.f1).toBeNull();
    expect(result.notes.join(' ')).toMatch(/Every labelled test session is normal/);
  });
});

describe('settings', () => {
  it('report all their faults at once, with what was expected and found', async () => {
    const config = file('bad.yaml', 'drain: {dpeth: 5}\ntrain: {epochs: 0}\nmodel: {hiden: 3}\n');
    const outcome = await logbert(['run', config, '--min-length', 'x'], {
      env: { LOGBERT_SEEDS: '1', LOGBERT_SEED: '-1' },
    });
    expectFailure(outcome, 2, /^Error: 6 settings are wrong:/);
    for (const line of [
      /drain\.dpeth \(.*bad\.yaml:1\): unknown key\. Did you mean drain\.depth\?/,
      /train\.epochs \(.*bad\.yaml:2\): expected a number above 0, found 0/,
      /model\.hiden \(.*bad\.yaml:3\): unknown key\. Did you mean model\.hidden\?/,
      /evaluate\.minLength \(--min-length\): expected a number, found "x"/,
      /seed \(LOGBERT_SEED\): expected a number of at least 0, found -1/,
      /LOGBERT_SEEDS: unknown variable\. Did you mean LOGBERT_SEED\?/,
    ]) {
      expect(outcome.stderr).toMatch(line);
    }
  });

  it('are checked by info too', async () => {
    expectFailure(await logbert(['info'], { env: { LOGBERT_SEEDS: '1' } }), 2, /LOGBERT_SEEDS: unknown variable/);
  });

  it('are read from .env in the working directory', async () => {
    const cwd = fresh('cwd');
    mkdirSync(cwd);
    writeFileSync(join(cwd, '.env'), 'LOGBERT_DRAIN_DEPTH=two\n');
    expectFailure(
      await logbert(['parse', log], { cwd }),
      2,
      /drain\.depth \(LOGBERT_DRAIN_DEPTH in \.env\): .*found "two"/,
    );
  });
});

describe('the run folder', () => {
  it('must be a folder of its own', async () => {
    expectFailure(
      await logbert(['parse', log, '--run', log]),
      1,
      /^Error: .*good\.log is a file, but a run is a folder/,
    );
    expectFailure(await logbert(['parse', log, '--run', dir]), 1, /^Error: .*isn't a run folder: it holds/);
    const below = join(log, 'run');
    expectFailure(await logbert(['parse', log, '--run', below]), 1, /^Error: .*a part of this path is a file/);
  });

  it('does not remember what a command could not do', async () => {
    const run = fresh('run');
    await ok(['parse', log, '--run', run]);
    const failed = await logbert(['sessions', '--run', run, '--window', 'count', '--length', '5m']);
    expectFailure(failed, 2, /^Error: Count windows need/);
    await ok(['sessions', '--run', run]);
  });

  it('must be there for the later stages, which name the first command', async () => {
    expectFailure(
      await logbert(['vocab', '--run', fresh('run')]),
      1,
      /^Error: No run in/,
      /^Next: logbert parse FILE/m,
    );
  });

  it('names the command that is missing', async () => {
    const run = fresh('run');
    await ok(['parse', log, '--run', run]);
    expectFailure(
      await logbert(['vocab', '--run', run]),
      1,
      /^Error: No sessions in/,
      /^Next: logbert sessions --run/m,
    );
    expectFailure(await logbert(['train', '--run', run]), 1, /^Error: No /, /^Next: logbert sessions --run/m);
  });

  it('is refused while another process uses it', async () => {
    const run = fresh('run');
    let busy!: Promise<Outcome>;
    const stop = await new Promise<() => void>((started) => {
      // This parse waits for its standard input, which stays open.
      busy = logbert(['parse', '-', '--run', run], {
        keepInputOpen: true,
        onStart: (child) =>
          waitFor(() => existsSync(join(run, 'run.lock'))).then(() => started(() => child.kill('SIGKILL'))),
      });
    });
    expectFailure(await logbert(['parse', log, '--run', run]), 1, /^Error: .* is in use by process \d+ since/);
    stop();
    await busy;
    // The killed process has left its lock; the next command takes it over.
    await ok(['parse', log, '--run', run]);
    expect(existsSync(join(run, 'run.lock'))).toBe(false);
  });

  it('that is damaged is told', async () => {
    const run = fresh('run');
    await ok(['parse', log, '--run', run]);
    truncateSync(join(run, 'events.parquet'), 100);
    expectFailure(
      await logbert(['sessions', '--run', run]),
      1,
      /events\.parquet is damaged: 100 bytes/,
      /^Next: logbert parse/m,
    );
    writeFileSync(join(run, 'run.json'), '{"format":');
    expectFailure(await logbert(['sessions', '--run', run]), 1, /run\.json is damaged/);
  });

  /** A small file system of its own in the scratch folder; undefined where this user may not mount one. */
  function mount(options: string): string | undefined {
    const path = fresh('mount');
    mkdirSync(path);
    const mounted = process.platform === 'linux' && spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'none', path]);
    return mounted && mounted.status === 0 ? path : undefined;
  }
  const full = mount('size=64k');
  const readOnly = mount('ro');
  afterAll(() => {
    for (const path of [full, readOnly]) if (path) spawnSync('umount', [path]);
  });
  if (!full || !readOnly) console.log('skipped: a full and a read-only disk, since this user may not mount a tmpfs');

  it.skipIf(!full)(`on a full disk is left as it was${full ? '' : ' (a tmpfs may not be mounted here)'}`, async () => {
    const run = join(full as string, 'run');
    expectFailure(await logbert(['parse', log, '--run', run]), 1, /^Error: The disk is full: .*run/m);
    // It is as if the command had not been.
    expect(existsSync(run)).toBe(false);
  });

  it.skipIf(!readOnly)(
    `on a read-only disk is refused${readOnly ? '' : ' (a tmpfs may not be mounted here)'}`,
    async () => {
      const run = join(readOnly as string, 'run');
      expectFailure(await logbert(['parse', log, '--run', run]), 1, /^Error: No permission to write .*run/);
    },
  );
});

describe('hostile text', () => {
  it('in lines changes neither the terminal nor the report', async () => {
    const run = fresh('run');
    const esc = String.fromCharCode(27);
    const hostile = `${esc}[2J${esc}]0;owned\u0007<script>alert(1)</script><img src=x onerror=alert(1)>`;
    const path = fresh('hostile.log');
    copyFileSync(log, path);
    const header = lines[lines.length - 1].split(' ').slice(0, 5).join(' ');
    const id = /blk_-?\d+/.exec(lines[lines.length - 1])?.[0];
    for (let i = 0; i < 3; i++) appendFileSync(path, `${header} ${hostile} ${id}\n`);
    const outcomes = [
      await logbert(['parse', path, '--run', run]),
      await logbert(['sessions', '--run', run, '--labels', labels]),
      await logbert(['vocab', '--run', run]),
    ];
    for (const { code, stdout, stderr } of outcomes) {
      expect(code, stderr).toBe(0);
      expect(stdout + stderr).not.toContain(esc);
    }
    const rows = readFileSync(labels, 'utf8').trim().split('\n').slice(1);
    const scores = file(
      'hostile.csv',
      ['id,score', ...rows.map((row) => `${row.split(',')[0]},${row.includes(`${id},`) ? 9 : 1}`)].join('\n'),
    );
    const { code, stderr } = await logbert(['evaluate', '--run', run, '--scores', scores]);
    expect(code, stderr).toBe(0);
    const report = readFileSync(join(run, 'report.html'), 'utf8');
    expect(report).not.toContain('<script>alert(1)');
    expect(report).not.toContain('<img src=x');
    expect(report).not.toContain(esc);
    rmSync(run, { recursive: true });
  });
});

describe('output', () => {
  it('into a pipe that closes ends quietly', async () => {
    const { code, stderr } = await logbert(['generate', '--help'], { onStart: (child) => child.stdout?.destroy() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
