import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeFolders } from '../../src/run/makeFolders.js';

const dir = mkdtempSync(join(tmpdir(), 'logbert-folders-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('makes what is missing and says where that began', async () => {
  expect(await makeFolders(join(dir, 'a/b/c'))).toBe(join(dir, 'a'));
  expect(statSync(join(dir, 'a/b/c')).isDirectory()).toBe(true);
  expect(await makeFolders(join(dir, 'a/b/d'))).toBe(join(dir, 'a/b/d'));
  expect(await makeFolders(join(dir, 'a/b'))).toBeUndefined();
});

it('makes the same folder twice at once', async () => {
  const made = await Promise.all([makeFolders(join(dir, 'twice/x')), makeFolders(join(dir, 'twice/x'))]);
  expect(made).toContain(join(dir, 'twice'));
  expect(existsSync(join(dir, 'twice/x'))).toBe(true);
});

it('refuses a path through a file', async () => {
  writeFileSync(join(dir, 'file'), '');
  await expect(makeFolders(join(dir, 'file'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  await expect(makeFolders(join(dir, 'file/x'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it.runIf(existsSync('/proc/self'))('ends on a file system that takes no folders', async () => {
  await expect(makeFolders('/proc/logbert/x')).rejects.toMatchObject({ code: 'EROFS' });
});
