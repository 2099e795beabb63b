import { mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { logbert, scratch } from './logbert.js';

const dir = scratch();
const bundle = resolve('test/export/golden/bundle-v1.zip');
const line = '081109 203518 143 INFO dfs.DataNode$DataXceiver: Receiving block blk_-16 src: /10.250.19.102:54106';

describe('a bundle', () => {
  it('scores a line from stdin in an empty folder, and leaves it empty', async () => {
    const cwd = join(dir, 'empty');
    mkdirSync(cwd);
    const { code, stdout, stderr } = await logbert(['predict', '--bundle', bundle, '-'], { cwd, input: `${line}\n` });
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^id,length,score,alert,improbable,.*,lines\nblk_-16,1,/);
    expect(stderr).toMatch(/^lines in 1 = events 1 \+ rejected 0 \+ joined 0 \+ blank 0$/m);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('scores a line of the command line, as JSON', async () => {
    const { code, stdout } = await logbert(['predict', '--bundle', bundle, '--line', line, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      model: 'logbert',
      sessions: [{ id: 'blk_-16', length: 1, lines: '-:1' }],
    });
  });
});

describe('what can not be is told in one line', () => {
  it.each([
    [['export', '--run', join(dir, 'none'), '--format', 'onnx'], 1, /No run in .*none\./],
    [['export', '--format', 'pickle'], 2, /--format=pickle to be one of: bundle, onnx, tfjs, savedmodel, triton/],
    [['predict', '--bundle', join(dir, 'none.zip'), 'x.log'], 1, /none\.zip can't be read: there is no such file\./],
    [['predict', '--bundle', bundle], 2, /Expected either log files \(- is stdin\) or --line\./],
    [
      ['predict', '--bundle', bundle, '--score', 'peak', 'x.log'],
      2,
      /--score can't be chosen here: the bundle says it\./,
    ],
    [['predict', 'x.log'], 2, /Raw lines are scored with a bundle, but --bundle is not given\./],
  ])('%j', async (args, expected, message) => {
    const { code, stderr, stdout } = await logbert(args, { cwd: dir });
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^Error: /);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
