import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';

const BIN = resolve('bin/run.js');
if (!existsSync('dist/commands/run.js')) throw new Error('These tests run the built program: npm run build');

export interface Outcome {
  /** Exit code; null after a signal. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Options {
  cwd?: string;
  env?: Record<string, string>;
  input?: string | Buffer;
  /** The program waits for input that doesn't come. */
  keepInputOpen?: boolean;
  /** Gets the process as soon as it runs. */
  onStart?: (child: ChildProcess) => void;
}

/** Runs the real program to its end, without the settings of the developer's own environment. */
export function logbert(
  args: string[],
  { cwd, env = {}, input, keepInputOpen, onStart }: Options = {},
): Promise<Outcome> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(LOGBERT_|NODE_OPTIONS|DEBUG|NO_COLOR|FORCE_COLOR)/.test(name),
  );
  const child = spawn(process.execPath, [BIN, ...args], { cwd, env: { ...Object.fromEntries(inherited), ...env } });
  onStart?.(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  // A program that ends before it has read its input closes the pipe.
  child.stdin.on('error', () => {});
  if (!keepInputOpen) child.stdin.end(input);
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
}

/** A folder for this test file, removed at its end. */
export function scratch(): string {
  const dir = mkdtempSync(join(tmpdir(), 'logbert-cli-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Waits until something is so. */
export async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((done) => setTimeout(done, 20));
}
