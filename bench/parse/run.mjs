// `logbert parse` against Drain3, as whole processes: npm run bench parse [-- --lines N --data FOLDER --peer-lines N]
//
// Both read the same raw lines (HDFS_2pct.log, repeated), strip the header, apply the same three masks, learn and write
// a template id a line; logbert writes the whole of its events (and, in the first row, the raw lines) as well. The time
// of a process is wall-clock time from start to exit. Drain3 comes from PyPI, in a virtual environment in the system's
// folder for temporary files.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

const DRAIN3 = 'drain3==0.9.11';
const NAMES = ['BLOCK', 'IP', 'PATH'];
const WORK = join(tmpdir(), 'logbert-bench-parse');
const BIN = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const PEER = fileURLToPath(new URL('peer.py', import.meta.url));

export async function main(args) {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string', default: process.env.LOGBERT_TEST_DATA ?? '../shared/data' },
      lines: { type: 'string', default: '5000000' },
      'peer-lines': { type: 'string' },
    },
  });
  const lines = Number(values.lines);
  const peerLines = Number(values['peer-lines'] ?? lines);
  mkdirSync(WORK, { recursive: true });
  const source = gunzipSync(readFileSync(join(values.data, 'hdfs', 'HDFS_2pct.log.gz')));
  const log = repeated(source, lines);
  const peerLog = peerLines === lines ? log : repeated(source, peerLines);
  const python = environment();
  const { MASKS } = await import('../../dist/parse/masks.js');
  const masks = JSON.stringify(NAMES.map((name) => [name, MASKS[name]]));
  process.env.LOGBERT_DRAIN_MASKS = NAMES.join();

  console.log(
    `${lines} lines, ${statSync(log).size} bytes; ${cpus().length} cores of ${cpus()[0].model}; Node ${process.version}`,
  );
  const peer = timed(python, [PEER, peerLog, join(WORK, 'ids.txt'), masks], peerLines);
  report('Drain3 0.9.11, three masks', peer, peer);
  for (const [name, ...flags] of [
    ['logbert parse, raw lines kept', '--protocol', 'paper'],
    ['logbert parse --no-keep-lines', '--protocol', 'paper', '--no-keep-lines'],
    ['logbert parse, strict (reads twice)', '--protocol', 'strict'],
  ]) {
    const run = join(WORK, 'run');
    rmSync(run, { recursive: true, force: true });
    report(name, timed(process.execPath, [BIN, 'parse', log, '--run', run, ...flags], lines), peer);
  }
}

/** The log, repeated and cut to `lines` lines. */
function repeated(source, lines) {
  const path = join(WORK, `HDFS_2pct-${lines}.log`);
  if (existsSync(path)) return path;
  const parts = [];
  let left = lines;
  let at = 0;
  for (; left > 0; left--) {
    at = source.indexOf(10, at) + 1;
    if (at === source.length || left === 1) {
      parts.push(source.subarray(0, at));
      at = 0;
    }
  }
  writeFileSync(path, '');
  for (const part of parts) writeFileSync(path, part, { flag: 'a' });
  return path;
}

function environment() {
  const folder = join(WORK, 'venv');
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (existsSync(python)) return python;
  must(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', folder]);
  must(python, ['-m', 'pip', 'install', '--quiet', DRAIN3]);
  return python;
}

function must(command, args) {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
}

/** Seconds, lines a second, and the most memory in MB (0 where `/usr/bin/time` isn't there). */
function timed(command, args, lines) {
  const measured = existsSync('/usr/bin/time');
  const [program, ...rest] = measured ? ['/usr/bin/time', '-f', 'rss %M', command, ...args] : [command, ...args];
  const started = performance.now();
  const { status, stderr, error } = spawnSync(program, rest, { encoding: 'utf8', maxBuffer: 1 << 28 });
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return { seconds, rate: lines / seconds, memory: Number(/rss (\d+)/.exec(stderr)?.[1] ?? 0) / 1024 };
}

function report(name, { seconds, rate, memory }, peer) {
  const columns = [
    name.padEnd(38),
    `${seconds.toFixed(1)} s`.padStart(8),
    `${Math.round(rate).toLocaleString('en-US')} lines/s`.padStart(17),
    `${(rate / peer.rate).toFixed(2)} x`.padStart(8),
    `${memory.toFixed(0)} MB`.padStart(8),
  ];
  console.log(columns.join(' '));
}
