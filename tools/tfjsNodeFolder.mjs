import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The native packages can't be had here, for a reason that is not the program's. */
export class Unavailable extends Error {}

/**
 * A folder outside of the clone in which this logbert is installed beside @tensorflow/tfjs-node (`cpu`) or
 * tfjs-node-gpu (`gpu`), with TensorFlow's library from PyPI. Made once; afterwards only logbert is renewed.
 * @param options.logbert false where the packages of TensorFlow are enough
 * @throws Unavailable where the packages can't be had
 */
export function tfjsNodeFolder(kind, { logbert = true } = {}) {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Unavailable('only Linux x64 is prepared for');
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'logbert-ci', 'tfjs-node');
  const folder = join(cache, kind);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, 'package.json'))) writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  try {
    run('bash', [join(root, 'tools/tfjs-node-native.sh'), cache, kind], folder);
  } catch (error) {
    const reason = String(error.stderr).trim().split('\n').at(-1);
    throw new Unavailable(`tools/tfjs-node-native.sh ${kind}: ${reason}`);
  }
  if (logbert) installLogbert(folder);
  return folder;
}

function installLogbert(folder) {
  for (const old of readdirSync(folder).filter((file) => file.endsWith('.tgz'))) rmSync(join(folder, old));
  const tarball = run('npm', ['pack', '--silent', '--pack-destination', folder], root).trim().split('\n').at(-1);
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `./${tarball}`], folder);
}

function run(command, args, cwd) {
  // The npm that runs this script has settings for its own folder.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(config|package)_/i.test(name)));
  return execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
