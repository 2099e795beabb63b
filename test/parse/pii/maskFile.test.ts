import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { maskFile } from '../../../src/parse/pii/maskFile.js';

const dir = mkdtempSync(join(tmpdir(), 'logbert-pii-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('masks a log into itself, and leaves it alone where that fails', async () => {
  const log = join(dir, 'app.log');
  writeFileSync(log, 'mail a@b.org\n');
  expect(await maskFile(log, { out: log })).toMatchObject({ EMAIL: 1 });
  expect(readFileSync(log, 'utf8')).toBe('mail <EMAIL>\n');
  const binary = join(dir, 'binary');
  writeFileSync(binary, Buffer.of(65, 0, 66));
  await expect(maskFile(binary, { out: log })).rejects.toThrow(/binary isn't a text file/);
  await expect(maskFile(log, { out: join(dir, 'no', 'where') })).rejects.toThrow(/^Can't write .*where/);
  expect(readFileSync(log, 'utf8')).toBe('mail <EMAIL>\n');
  expect(readdirSync(dir).sort()).toEqual(['app.log', 'binary']);
});
