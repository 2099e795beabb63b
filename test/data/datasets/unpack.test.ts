import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { downloadDataset } from '../../../src/data/datasets/download.js';
import { unpackTar } from '../../../src/data/datasets/tar.js';
import { Unpacking } from '../../../src/data/datasets/unpack.js';
import { silent } from '../../../src/progress.js';
import { temporaryFolder } from '../support.js';
import { datasetOf, tarOf, zipOf } from './archives.js';

async function unpack(archive: string, content: Buffer, more: object = {}, limitLines?: number) {
  const root = temporaryFolder();
  const file = join(root, archive);
  writeFileSync(file, content);
  const result = downloadDataset(datasetOf(archive, content, more), { root, file, limitLines }, silent);
  await result.catch(() => {});
  const folder = join(root, 'sample', limitLines === undefined ? 'logs' : `first-${limitLines}`);
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');
  return { root, result, read, left: () => readdirSync(join(root, 'sample')) };
}

test('zip, zip64 and tar.gz come out whole, with their folders', async () => {
  const entries = [
    { name: 'a.log', content: 'one\n' },
    { name: 'deep/er/labels.csv', content: 'x,y\n' },
    { name: 'empty.log', content: '' },
  ];
  for (const [name, archive] of [
    ['a.zip', zipOf([{ name: 'deep/', mode: 0o40755 }, ...entries])],
    ['b.zip', zipOf(entries, true)],
    ['c.tar.gz', await tarOf([{ name: './deep', type: 'directory' }, ...entries])],
  ] as const) {
    const { result, read } = await unpack(name, archive);
    await result;
    for (const { name: path, content } of entries) expect(read(path)).toBe(content);
  }
});

describe("an archive that isn't safe leaves nothing:", () => {
  const SAFE = { name: 'first.log', content: 'before\n' };
  test.each([
    ['a path above', [{ name: '../evil.log', content: 'x' }]],
    ['a path above, deeper', [{ name: 'a/../../evil.log', content: 'x' }]],
    ['an absolute path', [{ name: '/tmp/evil.log', content: 'x' }]],
    ['a path of Windows', [{ name: 'C:\\evil.log', content: 'x' }]],
    ['a backslash', [{ name: '..\\evil.log', content: 'x' }]],
    ['one name twice', [SAFE]],
  ])('%s', async (_, entries) => {
    for (const [name, archive] of [
      ['a.zip', zipOf([SAFE, ...entries])],
      ['a.tar.gz', await tarOf([SAFE, ...entries])],
    ] as const) {
      const { root, result, left } = await unpack(name, archive);
      await expect(result).rejects.toMatchObject({ name: 'UserError' });
      expect(left()).toEqual([]);
      expect(existsSync(join(root, 'evil.log'))).toBe(false);
    }
  });

  test('links', async () => {
    const zip = await unpack('a.zip', zipOf([SAFE, { name: 'b.log', content: '/etc/passwd', mode: 0o120777 }]));
    await expect(zip.result).rejects.toThrow('"b.log" is a link or a device');
    for (const type of ['symlink', 'link', 'character-device'] as const) {
      const tar = await unpack('a.tar.gz', await tarOf([SAFE, { name: 'b.log', type, linkname: '/etc/passwd' }]));
      await expect(tar.result).rejects.toThrow('"b.log" is a link or a device');
      expect(tar.left()).toEqual([]);
    }
  });

  test('bombs', async () => {
    const content = Buffer.alloc(40_000_000).toString('latin1');
    for (const [name, archive] of [
      ['a.zip', zipOf([{ name: 'a.log', content }])],
      ['a.tar.gz', await tarOf([{ name: 'a.log', content }])],
    ] as const) {
      const { result, left } = await unpack(name, archive, { unpackedBytes: 10_000 });
      await expect(result).rejects.toThrow('it unpacks to more than 10.0 MB');
      expect(left()).toEqual([]);
    }
  });

  test('what is no archive at all', async () => {
    for (const name of ['a.zip', 'a.tar.gz']) {
      const { result } = await unpack(name, randomBytes(1000));
      await expect(result).rejects.toThrow("The archive can't be unpacked");
    }
  });
});

describe('a limit of lines', () => {
  const log = (name: string, lines: number) => ({
    name,
    content: Array.from({ length: lines }, (_, i) => `${name} ${i}\n`).join(''),
  });
  const csv = { name: 'labels.csv', content: '1\n2\n3\n4\n5\n' };

  test('counts over the logs of a zip, and leaves its other files whole', async () => {
    const archive = zipOf([log('a.log', 3), csv, log('b.log', 9), log('c.log', 9)]);
    const { result, read } = await unpack('a.zip', archive, {}, 5);
    expect((await result).files.map(({ path }) => path)).toEqual(['a.log', 'labels.csv', 'b.log']);
    expect(read('b.log')).toBe('b.log 0\nb.log 1\n');
    expect(read('labels.csv')).toBe(csv.content);
  });

  test('gives all of a log that is shorter', async () => {
    const { result, read } = await unpack('a.zip', zipOf([{ name: 'a.log', content: 'x\ny' }]), {}, 5);
    await result;
    expect(read('a.log')).toBe('x\ny');
  });

  test('stops reading a tar file early', async () => {
    const dir = temporaryFolder();
    const [file, into] = [join(dir, 'a.tar.gz'), join(dir, 'out')];
    const noise = Array.from({ length: 100_000 }, () => `${randomBytes(40).toString('hex')}\n`).join('');
    const archive = await tarOf([{ name: 'a.log', content: noise }]);
    writeFileSync(file, archive);
    let read = 0;
    const unpacking = new Unpacking(into, { mostBytes: 1e9, limitLines: 10, onProgress: (bytes) => (read = bytes) });
    await unpackTar(file, unpacking);
    expect(readFileSync(join(into, 'a.log'), 'utf8')).toBe(noise.split('\n', 10).join('\n').concat('\n'));
    expect(read).toBeLessThan(archive.length / 2);
  });
});
