// `logbert parse` against Drain3, as whole processes: npm run bench parse [-- --lines N --data FOLDER --peer-lines N --logs hdfs,bgl]
//
// Both read the same raw lines (HDFS_2pct.log repeated, with new block ids each time, and BGL_100k.log repeated), strip the
// header, apply the same three masks, learn and write a template id a line; logbert writes the whole of its events (and,
// in the first rows, the raw lines) as well. The time of a process is wall-clock time from start to exit. Drain3 comes
// from PyPI, in a virtual environment in the system's folder for temporary files. At the end comes where the time goes:
// a profile of one thread.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

const DRAIN3 = 'drain3==0.9.11';
const NAMES = ['BLOCK', 'IP', 'PATH'];
/** Lines that are profiled. */
const PROFILED = 1_000_000;
/** Parts of the work, by files of the program or by functions of the kernel, which are named after its files. */
const PARTS = [
  ['reading', /(source|chunks|logFiles|lineSplitter|lineBatch|batchPass)\.js$|^read$/],
  ['header', /^(header|time)\/|(layout|header|timeRule|bytePattern|literal)\.js$/],
  [
    'masks',
    /^(content|spans|pattern|events|lines)\/|(byteScanner|textScanner|tokenSpans|scannedContent|lineScanner)\.js$/,
  ],
  ['numbering texts', /^(messages|textTable|memory)\//],
  ['tree', /(drain|templateFinder|messages|parse|templateTable)\.js$/],
  ['packing', /^snappy\//],
  [
    'writing',
    /^(rowGroup|columns|encoding)\/|(eventWriter|bytewriter|lineStoreWriter|writeAll)\.js$|^writeBuffer$|crypto/,
  ],
  ['between threads and kernels', /(batchScanner|rowGroups|kernel|scannedBatch)\.js$/],
  ['garbage collection', /^\(garbage collector\)$/],
  ['waiting', /^\(idle\)$/],
];
const WORK = join(tmpdir(), 'logbert-bench-parse');
const BIN = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const PEER = fileURLToPath(new URL('peer.py', import.meta.url));

/** The logs, how the peer strips their header (split at blanks, then at a text), and whether block ids are to be new. */
const LOGS = {
  hdfs: { path: 'hdfs/HDFS_2pct.log.gz', header: [4, ': '], newIds: true },
  bgl: { path: 'bgl/BGL_100k.log.gz', header: [9, ''], newIds: false },
};

const WAYS = [
  ['logbert parse', '--protocol', 'paper'],
  ['  one thread', '--protocol', 'paper', '--workers', '0'],
  ['  --no-keep-lines', '--protocol', 'paper', '--no-keep-lines'],
  ['  --no-keep-lines, one thread', '--protocol', 'paper', '--no-keep-lines', '--workers', '0'],
  ['  strict (reads twice)', '--protocol', 'strict'],
];

export async function main(args) {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string', default: process.env.LOGBERT_TEST_DATA ?? '../shared/data' },
      lines: { type: 'string', default: '5000000' },
      'peer-lines': { type: 'string' },
      logs: { type: 'string', default: 'hdfs,bgl' },
    },
  });
  const lines = Number(values.lines);
  const peerLines = Number(values['peer-lines'] ?? lines);
  mkdirSync(WORK, { recursive: true });
  const python = environment();
  const { MASKS } = await import('../../dist/parse/masks/masks.js');
  const masks = JSON.stringify(NAMES.map((name) => [name, MASKS[name]]));
  process.env.LOGBERT_DRAIN_MASKS = NAMES.join();
  console.log(`${cpus().length} cores of ${cpus()[0].model}; Node ${process.version}`);
  for (const name of values.logs.split(',')) {
    const { path, header, newIds } = LOGS[name];
    const source = gunzipSync(readFileSync(join(values.data, path)));
    const log = repeated(name, source, lines, newIds);
    const peerLog = peerLines === lines ? log : repeated(name, source, peerLines, newIds);
    console.log(`${name}: ${lines} lines, ${statSync(log).size} bytes`);
    const peer = timed(python, [PEER, peerLog, join(WORK, 'ids.txt'), masks, ...header.map(String)], peerLines);
    report('Drain3 0.9.11, three masks', peer, peer);
    for (const [way, ...flags] of WAYS) report(way, timed(process.execPath, parse(name, log, flags), lines), peer);
    const profiled = Math.min(lines, PROFILED);
    profile(name, repeated(name, source, profiled, newIds), profiled);
  }
}

function parse(name, log, flags) {
  const run = join(WORK, 'run');
  rmSync(run, { recursive: true, force: true });
  return [BIN, 'parse', log, '--run', run, '--format', name, ...flags];
}

/** The log, repeated and cut to `lines` lines; the copies have other digits in their block ids. */
function repeated(name, source, lines, newIds) {
  const path = join(WORK, `${name}-${lines}.log`);
  if (existsSync(path)) return path;
  const digits = newIds ? [...source.toString('latin1').matchAll(/blk_-?\d(?=\d{4})/g)] : [];
  const places = digits.map(({ index, 0: { length } }) => index + length);
  writeFileSync(path, '');
  for (let left = lines, copy = 0; left > 0; copy++) {
    if (copy > 0) for (const place of places) source.write(String(copy).padStart(3, '0'), place);
    let end = 0;
    for (; left > 0 && end < source.length; left--) end = source.indexOf(10, end) + 1;
    writeFileSync(path, source.subarray(0, end), { flag: 'a' });
  }
  return path;
}

/** Prints how many seconds go where, on one thread. */
function profile(name, log, lines) {
  const folder = join(WORK, 'profile');
  rmSync(folder, { recursive: true, force: true });
  const flags = [
    '--cpu-prof',
    '--cpu-prof-dir',
    folder,
    ...parse(name, log, ['--protocol', 'paper', '--workers', '0']),
  ];
  timed(process.execPath, flags, 1);
  const [file] = readdirSync(folder);
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const parts = new Map(nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]));
  const seconds = new Map();
  samples.forEach((id, i) => {
    seconds.set(parts.get(id), (seconds.get(parts.get(id)) ?? 0) + timeDeltas[i] / 1e6);
  });
  const shown = [...seconds].sort((a, b) => b[1] - a[1]).map(([part, time]) => `${part} ${time.toFixed(2)}`);
  console.log(`  where ${lines} lines take their time, in seconds: ${shown.join(', ')}`);
}

function partOf({ functionName, url }) {
  const found = PARTS.find(([, files]) => files.test(url) || files.test(functionName));
  return found ? found[0] : 'the rest';
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
