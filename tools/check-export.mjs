// What logbert export writes, loaded by those whom it is for: ONNX's checker and ONNX Runtime in Python, TensorFlow in
// Python, Triton's schema, TensorFlow.js in Node and in Chromium, and the examples; all give the toolkit's scores.
// Python packages are kept in a cache folder; exit code 77 where one or all can't be had.   node tools/check-export.mjs
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { python, run, Unavailable } from './environments.mjs';
import { differences, SIDES, toolkitScores, writeBatches } from './export/agreement.mjs';
import { inBrowser } from './export/browser.mjs';

const TOLERANCE = 1e-4;
/** The score moves by whole events, `nll` by this much at most when weights are rounded. */
const ROUNDED = { 'ONNX fp16 weights, Python': 0.05, 'ONNX int8, Python': 1 };
const SKIPPED = 77;
const root = fileURLToPath(new URL('..', import.meta.url));

const work = mkdtempSync(join(tmpdir(), 'logbert-export-'));
const skipped = [];
try {
  const dir = join(work, 'run');
  logbert('demo', '--run', dir);
  // A score that every event moves, so that a small difference shows.
  logbert('predict', '--run', dir, '--score', 'nll', '--rounds', '5');
  logbert('evaluate', '--run', dir);
  const exports = join(dir, 'export');
  for (const format of ['bundle', 'onnx', 'tfjs', 'savedmodel', 'triton'])
    logbert('export', '--run', dir, '--format', format);
  await checkAgreement(dir, exports);
  await attempt("Triton's schema", () =>
    run(python('triton'), [here('check_triton.py'), join(exports, 'triton')]).trim(),
  );
  await attempt(
    'examples/score_onnx.py',
    () => run(python('onnx'), [join(root, 'examples/score_onnx.py'), join(exports, 'onnx')]) && '',
  );
  await attempt('examples/browser.html', () => checkPage(join(exports, 'tfjs')));
} finally {
  rmSync(work, { recursive: true, force: true });
}
for (const line of skipped) console.log(`SKIPPED: ${line}`);
if (skipped.length > 0) process.exitCode = SKIPPED;

async function checkAgreement(dir, exports) {
  const toolkit = await toolkitScores(dir, 200);
  const members = writeBatches(toolkit.sequences, work);
  for (const [name, side] of Object.entries(SIDES)) {
    await attempt(name, async () => {
      const results = await side(exports, work);
      const worst = differences(toolkit, members, results);
      const rounded = ROUNDED[name];
      const within = rounded
        ? worst.score <= rounded
        : Object.values(worst).every((difference) => difference <= TOLERANCE);
      if (!within) throw new Error(`${name} differs from the toolkit: ${JSON.stringify(worst)}`);
      return `${toolkit.sequences.length} sequences, score within ${worst.score.toExponential(1)} (${results.about})`;
    });
  }
}

async function checkPage(model) {
  const page = join(work, 'page.html');
  const report =
    "addEventListener('scored', ({ detail }) => fetch('/results', { method: 'POST', body: JSON.stringify(detail) }))";
  writeFileSync(page, `${readFileSync(join(root, 'examples/browser.html'), 'utf8')}<script>${report}</script>`);
  const { worst, count } = await inBrowser(page, { '/model/': model });
  if (!(worst < TOLERANCE)) throw new Error(`examples/browser.html: a score is off by ${worst}`);
  return `${count} sequences, score within ${worst.toExponential(1)}`;
}

async function attempt(what, check) {
  try {
    console.log(`ok   ${what} ${await check()}`.trimEnd());
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    skipped.push(`${what}: ${error.message}`);
  }
}

function here(name) {
  return fileURLToPath(new URL(`export/${name}`, import.meta.url));
}

function logbert(...args) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^LOGBERT_/.test(name)));
  return execFileSync(process.execPath, [join(root, 'bin/run.js'), ...args, '--log-level', 'quiet'], {
    encoding: 'utf8',
    env,
  });
}
