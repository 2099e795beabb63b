import { existsSync, readFileSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openInputs } from '../../src/scan/inputs.js';

async function* piped() {
  yield Buffer.from('mail from ann@exam');
  yield Buffer.from('ple.org accepted\n');
}

it.each([
  [false, 'mail from ann@example.org accepted\n'],
  [true, 'mail from <EMAIL> accepted\n'],
])('standard input is copied for its reader alone, masked: %s, and not kept', async (pii, text) => {
  const { logs, close } = await openInputs(['-'], { pii, stdin: piped() });
  const [{ path, bytes }] = logs;
  expect(readFileSync(path, 'utf8')).toBe(text);
  expect(bytes).toBe(text.length);
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  await close();
  expect(existsSync(path)).toBe(false);
});
