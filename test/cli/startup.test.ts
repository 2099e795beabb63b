import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { logbert, scratch } from './logbert.js';

const dir = scratch();

/** Every script that a command loads, as V8 itself reports it. */
async function loadedBy(...args: string[]): Promise<string[]> {
  const coverage = join(dir, args.join('_').replace(/\W+/g, '-'));
  mkdirSync(coverage);
  const { code } = await logbert(args, { env: { NODE_V8_COVERAGE: coverage } });
  expect(code).toBe(0);
  return scriptsIn(coverage);
}

function scriptsIn(coverage: string): string[] {
  const reports = readdirSync(coverage).map((file) => JSON.parse(readFileSync(join(coverage, file), 'utf8')));
  return reports.flatMap(({ result }: { result: { url: string }[] }) => result.map(({ url }) => url));
}

const HEAVY =
  /node_modules\/(@tensorflow|onnxruntime|hyparquet|@observablehq|linkedom|d3-|papaparse|cli-progress|zod|yaml)/;

describe('help', () => {
  it.each([[['--help']], [['train', '--help']], [['--version']]])(
    'of %s loads no library of the stages',
    async (args) => {
      const loaded = await loadedBy(...args);
      expect(loaded.some((url) => url.endsWith('bin/run.js'))).toBe(true);
      expect(loaded.filter((url) => HEAVY.test(url))).toEqual([]);
    },
  );
});

describe('the library', () => {
  it('loads neither tensors nor charts when it is imported', async () => {
    const coverage = join(dir, 'library');
    mkdirSync(coverage);
    const entry = pathToFileURL(resolve('dist/index.js')).href;
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', `await import('${entry}')`], {
      env: { ...process.env, NODE_V8_COVERAGE: coverage },
    });
    const loaded = scriptsIn(coverage);
    expect(loaded).toContain(entry);
    expect(loaded.filter((url) => /node_modules\/(@tensorflow|onnxruntime|@observablehq|linkedom)/.test(url))).toEqual(
      [],
    );
  });
});

describe('a stage without tensors', () => {
  it('loads neither TensorFlow.js nor ONNX Runtime', async () => {
    const loaded = await loadedBy('generate', join(dir, 'x.log'), '--sessions', '20');
    expect(loaded.filter((url) => /node_modules\/(@tensorflow|onnxruntime)/.test(url))).toEqual([]);
  });
});
