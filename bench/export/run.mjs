// npm run bench export -- --run DIR [--sessions N] [--python PATH]
// A trained run exported in every format: agreement of all that load it with the toolkit on the run's own test sessions,
// sizes, times, and latency of one session of 20 events on one core beside the same model in eager PyTorch.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { python, run, Unavailable } from '../../tools/environments.mjs';
import { differences, SIDES, toolkitScores, writeBatches } from '../../tools/export/agreement.mjs';
import { pythonWithTorch } from '../torch.mjs';

const EVENTS = 20;
const PASSES = 3;
const FORMATS = ['bundle', 'onnx', 'tfjs', 'savedmodel', 'triton'];
const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const tool = (name) => fileURLToPath(new URL(`../../tools/export/${name}`, import.meta.url));

export async function main(args) {
  const { values } = parseArgs({
    args,
    options: { run: { type: 'string' }, sessions: { type: 'string', default: '1000' }, python: { type: 'string' } },
  });
  if (!values.run) throw new Error('Name a trained and evaluated run: npm run bench export -- --run output/hdfs-2pct');
  const work = mkdtempSync(join(tmpdir(), 'logbert-bench-export-'));
  try {
    exportAll(values.run, work);
    bundleTimes(work);
    await agreement(values.run, Number(values.sessions), work);
    latency(values.run, work, values.python ?? pythonWithTorch());
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function logbert(...args) {
  return execFileSync(process.execPath, [program, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function exportAll(dir, work) {
  for (const format of FORMATS) {
    const to = join(work, format === 'bundle' ? 'bundle.zip' : format);
    const { files, seconds } = JSON.parse(logbert('export', '--run', dir, '--format', format, '--to', to, '--json'));
    const models = Object.entries(files).filter(([name]) => !/(json|md|pbtxt)$/.test(name) || name === 'model.json');
    const sizes = models.map(([name, bytes]) => `${name || 'bundle.zip'} ${(bytes / 1e6).toFixed(2)} MB`);
    console.log(`export ${format}: ${seconds.toFixed(1)} s; ${sizes.join(', ')}`);
  }
}

/** From the start of the process to the end of the one that has scored one line. */
function bundleTimes(work) {
  const bundle = join(work, 'bundle.zip');
  const line = readLine(bundle);
  const times = Array.from({ length: PASSES }, () => {
    const started = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [program, 'predict', '--bundle', bundle, '--line', line]);
    if (status !== 0) throw new Error(String(stderr));
    return performance.now() - started;
  });
  console.log(`bundle: first line scored by a new process in ${Math.round(Math.min(...times))} ms (best of ${PASSES})`);
}

function readLine(bundle) {
  const script = `import { openBundle } from ${JSON.stringify(new URL('../../dist/export/bundle.js', import.meta.url).href)};
  console.log((await openBundle(process.argv[1])).format.layout.example);`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script, bundle], { encoding: 'utf8' }).trim();
}

async function agreement(dir, count, work) {
  const toolkit = await toolkitScores(dir, count);
  const members = writeBatches(toolkit.sequences, work);
  console.log(
    `\n${toolkit.sessions} test sessions, ${toolkit.sequences.length} of them distinct; score: ${toolkit.score}`,
  );
  console.log('Largest difference to the toolkit:\n');
  const columns = Object.keys(toolkit.outputs[0]);
  console.log(`| loaded by | ${columns.map((name) => `\`${name}\``).join(' | ')} | version |`);
  console.log(`| --- |${' ---: |'.repeat(columns.length)} --- |`);
  for (const [name, side] of Object.entries(SIDES)) {
    try {
      const results = await side(work, work);
      const worst = differences(toolkit, members, results);
      const cells = columns.map((column) => (worst[column] === 0 ? '0' : worst[column].toExponential(1)));
      console.log(`| ${name} | ${cells.join(' | ')} | ${shortened(results.about)} |`);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      console.log(`| ${name} | ${error.message} |`);
    }
  }
}

function shortened(about) {
  return about.replace(/Mozilla.*?((?:Headless)?Chrome)\/(\d+).*/, '$1 $2');
}

/** Both in turn, each in a process of its own on one thread. */
function latency(dir, work, torchPython) {
  const { model } = JSON.parse(readFileSync(join(dir, 'run.json'), 'utf8')).artefacts.checkpoint.settings;
  const { outputs } = JSON.parse(readFileSync(join(work, 'onnx/serving.json'), 'utf8'));
  const vocabulary = outputs.find(({ name }) => name === 'log_probabilities').shape.at(-1);
  const { rounds } = JSON.parse(readFileSync(join(dir, 'run.json'), 'utf8')).artefacts.scores.settings.predict;
  const keys = Array.from({ length: EVENTS }, (_, i) => 5 + (i % (vocabulary - 5)));
  writeFileSync(join(work, 'batches.json'), JSON.stringify([{ keys: [keys], mask: [keys.map(() => 1)] }]));
  const isLogbert = model.name === 'logbert'; // the peer is a transformer
  const times = { 'model.onnx': [], 'model.int8.onnx': [], torch: [] };
  for (let pass = 0; pass < PASSES; pass++) {
    for (const file of ['model.onnx', 'model.int8.onnx']) {
      const results = join(work, 'results.json');
      run(python('onnx'), [
        tool('score_onnx.py'),
        join(work, 'onnx', file),
        join(work, 'batches.json'),
        results,
        '--time',
      ]);
      times[file].push(JSON.parse(readFileSync(results, 'utf8')).p50);
    }
    if (isLogbert) times.torch.push(peer(torchPython, model, vocabulary, rounds).p50);
  }
  const best = Object.fromEntries(Object.entries(times).map(([name, seconds]) => [name, 1000 * Math.min(...seconds)]));
  console.log(`\none session of ${EVENTS} events, one core, p50, best of ${PASSES}:`);
  console.log(`  ONNX ${best['model.onnx'].toFixed(2)} ms, int8 ${best['model.int8.onnx'].toFixed(2)} ms`);
  if (!isLogbert) return;
  console.log(`  eager PyTorch ${best.torch.toFixed(2)} ms; ratio ${(best.torch / best['model.onnx']).toFixed(2)}`);
  console.log(
    `  log_probabilities [${vocabulary}], ${rounds} rounds, ${JSON.stringify(model)} (file ${statSync(join(work, 'onnx/model.onnx')).size} bytes)`,
  );
}

function peer(interpreter, { hidden, layers, heads, feedForward, ends }, vocabulary, rounds) {
  const sizes = [hidden, layers, heads, feedForward, vocabulary, rounds, EVENTS, ends];
  return JSON.parse(run(interpreter, [fileURLToPath(new URL('peer.py', import.meta.url)), ...sizes.map(String)]));
}
