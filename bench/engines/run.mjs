// npm run bench engines [-- --rounds N] [--python PATH]
// Training step, scoring batch and scoring of the HDFS test sessions, ours beside PyTorch's, in turn: PyTorch as installed
// and, where a C compiler is there, with its products at full speed (its library tells chips of other makers to go slowly).
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pythonWithTorch } from '../torch.mjs';

const HDFS = ['hdfs_test_normal.gz', 'hdfs_test_abnormal.gz'];

export async function main(args) {
  const { values } = parseArgs({
    args,
    options: { rounds: { type: 'string', default: '3' }, python: { type: 'string' } },
  });
  const python = values.python ?? pythonWithTorch();
  const data = resolve(process.env.LOGBERT_TEST_DATA ?? '../shared/data', 'hdfs');
  const files = HDFS.map((name) => join(data, name)).filter(existsSync);
  const sides = { logbert: ours, 'PyTorch as installed': peerOf(python), ...fullSpeed(python) };
  for (const [what, units] of [
    ['logbert', 'ms'],
    ['deeplog', 'ms'],
    ['scoring', 'distinct sequences/s'],
  ]) {
    if (what === 'scoring' && files.length < HDFS.length) {
      console.log(`scoring: not run, needs ${HDFS.join(' and ')} in ${data}`);
      continue;
    }
    const runs = Object.fromEntries(Object.keys(sides).map((side) => [side, []]));
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const [side, measure] of Object.entries(sides)) runs[side].push(measure(what, files));
    }
    tell(what, units, runs);
  }
}

const script = (name) => fileURLToPath(new URL(name, import.meta.url));

function ours(what, files) {
  return JSON.parse(execFileSync(process.execPath, [script('ours.mjs'), what, ...files], { encoding: 'utf8' }));
}

function peerOf(python, preload) {
  const env = { ...process.env, ...(preload ? { LD_PRELOAD: preload } : {}) };
  return (what, files) =>
    JSON.parse(execFileSync(python, [script('peer.py'), what, ...files], { encoding: 'utf8', env }));
}

/** MKL takes its fast path where this function says that the chip is its maker's. */
function fullSpeed(python) {
  const dir = mkdtempSync(join(tmpdir(), 'logbert-bench-mkl-'));
  const [source, library] = [join(dir, 'cpu.c'), join(dir, 'cpu.so')];
  writeFileSync(source, 'int mkl_serv_intel_cpu_true(void) { return 1; }\n');
  const made = spawnSync('cc', ['-shared', '-fPIC', '-o', library, source]);
  return made.status === 0 ? { 'PyTorch at full speed': peerOf(python, library) } : {};
}

/** Medians over the rounds, and ours as a ratio to each peer. */
function tell(what, units, runs) {
  const [first] = Object.values(runs)[0];
  console.log(`\n${what}, ${units}, ${availableParallelism()} cores, ${first.engine}`);
  const median = (side, name) => runs[side].map((run) => run[name]).sort((a, b) => a - b)[runs[side].length >> 1];
  for (const side of Object.keys(runs)) {
    const figures = Object.keys(runs[side][0]).filter((name) => typeof runs[side][0][name] === 'number');
    const cells = figures.map((name) => `${name} ${median(side, name).toFixed(1)}`);
    console.log(`  ${side.padEnd(22)} ${cells.join(', ')}`);
  }
  for (const side of Object.keys(runs).slice(1)) {
    const ratios =
      what === 'scoring'
        ? ['file', 'sorted'].map(
            (name) => `${name} order ${(median('logbert', 'fp32') / median(side, name)).toFixed(2)}`,
          )
        : ['train', 'forward'].map((name) => `${name} ${(median(side, name) / median('logbert', name)).toFixed(2)}`);
    console.log(`  ratio to ${side}: ${ratios.join(', ')}`);
  }
}
