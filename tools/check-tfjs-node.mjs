// The engines tfjs-node and tfjs-node-gpu for real: the npm packages on TensorFlow's library from PyPI, kept in a cache
// folder. Losses, gradients and scores against the default engine's, then training and prediction by the command line.
// Exit code 77 where the packages can't be had.   node tools/check-tfjs-node.mjs [cpu|gpu]...
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tfjsNodeFolder, Unavailable } from './tfjsNodeFolder.mjs';

const TOLERANCE = 1e-4;
const SKIPPED = 77;
const PARITY = fileURLToPath(new URL('engineParity.mjs', import.meta.url));

const work = mkdtempSync(join(tmpdir(), 'logbert-tfjs-node-'));
try {
  for (const kind of process.argv.length > 2 ? process.argv.slice(2) : ['cpu', 'gpu']) {
    const folder = tfjsNodeFolder(kind);
    const engine = kind === 'gpu' ? 'tfjs-node-gpu' : 'tfjs-node';
    console.log(node(PARITY, join(folder, 'node_modules/logbert/dist'), engine, String(TOLERANCE)).trim());
    checkCommands(folder, engine);
  }
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.log(`SKIPPED: ${error.message}`);
  process.exitCode = SKIPPED;
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** The same run trained and scored on both engines: every score is the same. */
function checkCommands(folder, engine) {
  const keys = writeKeys();
  const [expected, actual] = ['onnx', engine].map((name) => {
    const run = join(work, name);
    const script = join(folder, 'node_modules/logbert/bin/run.js');
    const logbert = (...args) => node(script, ...args, '--run', run, '--log-level', 'quiet');
    const model = ['--config', writeConfig()];
    logbert('sessions', ...model, '--protocol', 'paper', ...keys);
    logbert('vocab');
    logbert('train', ...model, '--engine', name, '--epochs', '2');
    logbert('predict', '--engine', name);
    return scoresOf(join(run, 'scores.csv'));
  });
  check(`${engine}: as many scores`, actual.length === expected.length && actual.length > 0);
  const worst = Math.max(...actual.map((x, i) => Math.abs(x - expected[i]) / Math.max(1e-3, Math.abs(expected[i]))));
  check(`${engine}: logbert train and predict give onnx's scores`, worst < TOLERANCE, `off by ${worst}`);
}

function writeKeys() {
  const normal = (n) => Array.from({ length: n }, (_, i) => ['5', ...Array(2 + (i % 5)).fill('7'), '9'].join(' '));
  const file = (name, lines) => {
    writeFileSync(join(work, name), `${lines.join('\n')}\n`);
    return join(work, name);
  };
  return [
    ['--train-keys', file('train', normal(60))],
    ['--test-normal', file('normal', normal(10))],
    ['--test-abnormal', file('abnormal', ['5', '5 7 11 7 9', '9 9 9 9'])],
  ].flat();
}

function writeConfig() {
  const path = join(work, 'tiny.yaml');
  writeFileSync(path, 'model: { name: logbert, hidden: 32, layers: 2, heads: 2, feedForward: 48 }\n');
  return path;
}

/** The columns of the model's own scores: peak and nll. */
function scoresOf(path) {
  const [head, ...rows] = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const columns = ['peak', 'nll'].map((name) => head.indexOf(name));
  return rows.flatMap((row) => columns.map((column) => Number(row[column])));
}

function node(script, ...args) {
  return execFileSync(process.execPath, [script, ...args], { encoding: 'utf8' });
}

function check(what, holds, found = '') {
  if (!holds) throw new Error(`${what}: it isn't so. ${found}`);
  console.log(`ok   ${what}`);
}
