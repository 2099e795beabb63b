import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inputFiles, oldestFirst } from '../../src/config/inputFiles.js';

function folderOf(names: string[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'logbert-input-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  for (const name of names) {
    mkdirSync(join(dir, name, '..'), { recursive: true });
    writeFileSync(join(dir, name), name);
  }
  return dir;
}

describe('the order of rotated files', () => {
  it.each([
    ['numbers', ['app.log.10.gz', 'app.log.2.gz', 'app.log.1', 'app.log']],
    ['dates of logrotate', ['app.log-20231231.xz', 'app.log-20240101.gz', 'app.log-20240415', 'app.log']],
    ['seconds', ['app.log-1713139200', 'app.log-1713225600', 'app.log']],
    [
      'dates in the name, numbers of a day',
      ['app-2024-04-15-1.log.gz', 'app-2024-04-15-2.log.gz', 'app-2024-04-16-1.log', 'app.log'],
    ],
    ['hours', ['app.log.2024-04-15-09', 'app.log.2024-04-15-10', 'app.log']],
    ['dates, then numbers, then the log itself', ['app.log-20240101', 'app.log.2', 'app.log.1', 'app.log']],
    ['several sets by name', ['a.log.1', 'a.log', 'b.log.1', 'b.log', 'sub/a.log.1', 'sub/a.log']],
    ['numbers in names', ['node2/container_01.log', 'node2/container_02.log', 'node10/container_01.log']],
  ])('%s', (_, names) => {
    expect(oldestFirst([...names].reverse())).toEqual(names);
    const shuffled = fc.shuffledSubarray(names, { minLength: names.length });
    fc.assert(
      fc.property(shuffled, (some) => {
        expect(oldestFirst(some)).toEqual(names);
      }),
    );
  });
});

describe('a name stands for', () => {
  const names = ['app.log', 'app.log.1', 'app.log.2.gz', 'apple.log', 'labels.csv', '.app.log.swp', 'deep/er.log'];
  const of = (dir: string, files: string[], rotated = false) =>
    inputFiles({ files: files.map((file) => join(dir, file)), rotated }).map((file) => relative(dir, file));

  it('itself', () => {
    const dir = folderOf(names);
    expect(of(dir, ['app.log', 'none.log', 'labels.csv'])).toEqual(['app.log', 'none.log', 'labels.csv']);
    expect(inputFiles({ files: ['-'], rotated: true })).toEqual(['-']);
  });

  it('its rotated set, when that is asked for, and even where the log itself has gone', () => {
    const dir = folderOf(names);
    expect(of(dir, ['app.log'], true)).toEqual(['app.log.2.gz', 'app.log.1', 'app.log']);
    rmSync(join(dir, 'app.log'));
    expect(of(dir, ['app.log'], true)).toEqual(['app.log.2.gz', 'app.log.1']);
    expect(of(dir, ['none.log'], true)).toEqual(['none.log']);
  });

  it('what matches a pattern', () => {
    const dir = folderOf(names);
    expect(of(dir, ['app.log*'])).toEqual(['app.log.2.gz', 'app.log.1', 'app.log']);
    expect(of(dir, ['app?e.log', 'none*'])).toEqual(['apple.log', 'none*']);
  });

  it('no bundle and no page of findings that stands among the logs', () => {
    const written = ['logbert-bundle.zip', 'logbert-bundle.zip.told.json', 'logbert-bundle.zip.lock', 'findings.html'];
    expect(of(folderOf(['messages', ...written]), ['.'])).toEqual(['messages']);
  });

  it('the logs of a folder and of those below', () => {
    expect(of(folderOf(names), ['.'])).toEqual(['app.log.2.gz', 'app.log.1', 'app.log', 'apple.log', 'deep/er.log']);
    expect(of(folderOf(['syslog.2', 'syslog.1', 'syslog', '.hidden']), ['.'])).toEqual([
      'syslog.2',
      'syslog.1',
      'syslog',
    ]);
  });
});
