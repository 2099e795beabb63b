// Packs the package, installs it in an empty folder and uses it there as a stranger would: command line, demo, wasm
// fallback, typed library. Run by .ci/run:  node tools/check-package.mjs [--no-demo] [--node VERSION]...
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { 'no-demo': { type: 'boolean' }, node: { type: 'string', multiple: true, default: [] } },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const windows = process.platform === 'win32';
const folder = mkdtempSync(join(tmpdir(), 'logbert-package-'));
// Settings of the npm that runs this script are not those of a stranger.
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|LOGBERT_)/i.test(name)));
// The post-install of onnxruntime-node fetches CUDA: see docs/decisions/2026-11-21-onnxruntime-install.md.
const native = { ...environment, ONNXRUNTIME_NODE_INSTALL: 'skip' };

try {
  const tarball = pack();
  checkContent(tarball);
  writeFileSync(join(folder, 'package.json'), '{ "name": "stranger", "private": true, "type": "module" }\n');
  run('npm', ['install', '--no-audit', '--no-fund', tarball], { env: native });
  check('the engines that npm brings', usable().join() === 'onnx,wasm,cpu', usable().join());
  for (const node of [undefined, ...values.node]) checkCommands(node);
  checkTypes();
  checkFallback();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function pack() {
  const output = run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root });
  return join(folder, output.trim().split('\n').at(-1));
}

function checkContent(tarball) {
  const files = run('tar', ['-tzf', tarball]).split('\n');
  for (const needed of [
    'bin/run.js',
    'dist/index.d.ts',
    'oclif.manifest.json',
    'datasets/loghub.csv',
    'experiments/demo.yaml',
    'LICENSE',
    'NOTICE',
  ]) {
    check(`the package holds ${needed}`, files.includes(`package/${needed}`));
  }
  const strangers = files.filter(
    (file) =>
      /^package\/(src|test|tools|bench|output|docs|\.)/.test(file) &&
      !/(\.env\.example|tfjs-node-native\.sh)$/.test(file),
  );
  check('the package holds neither sources nor tests', strangers.length === 0, strangers.join(', '));
}

function checkCommands(node) {
  const label = node ? `Node ${node}` : process.version;
  check(`${label}: --help`, /USAGE/.test(logbert(['--help'], node)));
  if (values['no-demo']) return;
  const started = Date.now();
  const table = logbert(['demo', '--run', `demo-${node ?? 'here'}`], node);
  check(`${label}: demo in ${Math.round((Date.now() - started) / 1000)} s`, /^logbert +\d/m.test(table), table);
  check(`${label}: report`, readdirSync(join(folder, `demo-${node ?? 'here'}`)).includes('report.html'));
}

/** A program that uses the library, checked by the compiler of this repository without `skipLibCheck`'s help for us. */
function checkTypes() {
  const source = `import { loadSettings, parseLogs, RunFolder, type Settings } from 'logbert';
const settings: Settings & { run: string } = await loadSettings({ flags: [] });
const run = await RunFolder.open(settings.run, { create: true });
const lines: number = (await parseLogs({ ...settings, input: { ...settings.input, files: ['x.log'] } }, run)).linesIn;
console.log(lines);
`;
  writeFileSync(join(folder, 'program.ts'), source);
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--skipLibCheck'];
  const types = ['--typeRoots', join(root, 'node_modules/@types'), '--types', 'node'];
  run('node', [join(root, 'node_modules/typescript/bin/tsc'), ...options, ...types, 'program.ts']);
  check('the library is typed', true);
}

/** npm drops an optional package whose install fails; what is left has to work. */
function checkFallback() {
  rmSync(join(folder, 'node_modules/onnxruntime-node'), { recursive: true });
  check('without ONNX Runtime wasm remains', usable().join() === 'wasm,cpu', usable().join());
}

/** GPU engines work or don't, as the machine has it. */
function usable() {
  return JSON.parse(logbert(['engines', '--json']))
    .engines.filter(({ name, usable }) => usable && !['webgpu', 'cuda'].includes(name))
    .map(({ name }) => name);
}

/** Runs the installed command; a warning of Node on stderr is a fault. */
function logbert(args, node) {
  // The path and not npx itself: npx -y node@22 puts another Node before ours.
  const script = join(folder, 'node_modules/logbert/bin/run.js');
  const command = node
    ? ['npx', ['-y', `node@${node}`, script, ...args]]
    : ['npx', ['--no-install', 'logbert', ...args]];
  return run(...command, { env: { ...native, NODE_OPTIONS: '--throw-deprecation' } });
}

function run(command, args, { cwd = folder, env = environment } = {}) {
  // npm and npx are scripts on Windows, which only a shell starts.
  const options = { cwd, env, encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'pipe'] };
  try {
    return execFileSync(command, args, { ...options, shell: windows && /^np[mx]$/.test(command) });
  } catch (error) {
    process.stderr.write(`${error.stdout ?? ''}${error.stderr ?? ''}`);
    throw new Error(`failed: ${command} ${args.join(' ')}`);
  }
}

function check(what, holds, found = '') {
  if (!holds) throw new Error(`${what}: it isn't so. ${found}`);
  console.log(`ok   ${what}`);
}
