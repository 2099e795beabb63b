import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Unavailable } from './tfjsNodeFolder.mjs';

export { Unavailable };

/** Packages of PyPI for each check; TensorFlow and Triton's client want other versions of protobuf. */
const PACKAGES = {
  parquet: ['pandas', 'polars', 'pyarrow', 'duckdb', 'pytz'],
  onnx: ['onnx', 'onnxruntime', 'numpy'],
  tensorflow: ['tensorflow-cpu==2.15.1'],
  triton: ['tritonclient[grpc]'],
};

/**
 * Python in a virtual environment outside of the clone, made once.
 * @throws Unavailable where Python or the packages can't be had
 */
export function python(name) {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'logbert-ci', 'python');
  const folder = join(cache, name);
  const interpreter = join(folder, 'bin', 'python3');
  if (existsSync(join(folder, 'complete'))) return interpreter;
  mkdirSync(cache, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  try {
    run('python3', ['-m', 'venv', folder]);
    run(interpreter, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES[name]]);
    mkdirSync(`${folder}/.complete`);
    renameSync(`${folder}/.complete`, `${folder}/complete`);
    return interpreter;
  } catch (error) {
    throw new Unavailable(`${PACKAGES[name].join(', ')}: ${lastLine(error)}`);
  }
}

/** @throws Unavailable where there is no Chromium */
export function chromium() {
  const found = [process.env.CHROME_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const path = found.find((candidate) => candidate && existsSync(candidate));
  if (!path) throw new Unavailable('Chromium is not here; name it in CHROME_PATH');
  return path;
}

export function run(command, args, options = {}) {
  const quiet = { TF_CPP_MIN_LOG_LEVEL: '2', CUDA_VISIBLE_DEVICES: '' };
  const env = { ...process.env, ...quiet, ...options.env };
  return execFileSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
    ...options,
    env,
  });
}

function lastLine(error) {
  return String(error.stderr || error.message)
    .trim()
    .split('\n')
    .at(-1);
}
