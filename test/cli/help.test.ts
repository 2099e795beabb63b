import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { leavesOf } from '../../src/config/leaves.js';
import { settingsSchema } from '../../src/config/schema.js';
import { flaggedPaths } from '../../src/terminal/flags.js';
import { logbert } from './logbert.js';

const commands = readdirSync('src/commands', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace(/([\\/]index)?\.ts$/, '').replace(/[\\/]/, ' '));

describe('the command tree', () => {
  it('is as recorded', async () => {
    const { stdout, code } = await logbert(['--help']);
    expect(code).toBe(0);
    expect(stdout.replace(/logbert\/\S+ .*/, 'logbert/VERSION')).toMatchSnapshot();
  });

  it.each(commands)('%s: help, with examples, fits into 80 columns', async (command) => {
    const { stdout, code } = await logbert([...command.split(' '), '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatchSnapshot();
    expect(stdout).toMatch(/EXAMPLES/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('is told by the word help too', async () => {
    const [word, flag] = await Promise.all([logbert(['help', 'vocab']), logbert(['vocab', '--help'])]);
    expect(word).toEqual(flag);
  });

  it('has a setting behind every flag', () => {
    const known = leavesOf(settingsSchema).map(({ path }) => path.join('.'));
    expect(flaggedPaths().filter((path) => !known.includes(path))).toEqual([]);
  });
});

describe('usage', () => {
  it.each([
    [['parse', '--dpeth', '5'], /Nonexistent flag: --dpeth/],
    [['prase'], /prase/],
    [['train', 'deepblog'], /model\.name \(MODEL\): expected one of logbert/],
    [['generate'], /log/],
    [['generate', 'x.log', '--sessions', 'many'], /--sessions: expected a whole number above 0, found "many"/],
  ])('%j is wrong: one clear message and exit code 2', async (args, message) => {
    const { code, stderr, stdout } = await logbert(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^Error: /);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('is told as JSON with --json', async () => {
    const { code, stdout } = await logbert(['parse', '--json', '--depth', '1']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      error: {
        message: expect.stringMatching(/drain\.depth \(--depth\): expected a number of at least 3, found 1/),
        exitCode: 2,
      },
    });
  });
});
