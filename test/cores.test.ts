import { describe, expect, it } from 'vitest';
import { usableCores } from '../src/cores.js';

const files = (given: Record<string, string>) => (path: string) => {
  const text = given[path];
  if (text === undefined) throw new Error(`ENOENT ${path}`);
  return text;
};
const V1 = '/sys/fs/cgroup/cpu/cpu.cfs_';

describe('usable cores', () => {
  it.each([
    ['no cgroup', {}, 8],
    ['version 2 without a limit', { '/sys/fs/cgroup/cpu.max': 'max 100000\n' }, 8],
    ['version 2', { '/sys/fs/cgroup/cpu.max': '200000 100000\n' }, 2],
    ['half a core', { '/sys/fs/cgroup/cpu.max': '50000 100000\n' }, 1],
    ['one core and a half', { '/sys/fs/cgroup/cpu.max': '150000 100000\n' }, 2],
    ['more than there are', { '/sys/fs/cgroup/cpu.max': '6400000 100000\n' }, 8],
    ['version 1', { [`${V1}quota_us`]: '300000\n', [`${V1}period_us`]: '100000\n' }, 3],
    ['version 1 without a limit', { [`${V1}quota_us`]: '-1\n', [`${V1}period_us`]: '100000\n' }, 8],
  ])('%s', (_, given, cores) => {
    expect(usableCores(files(given), 8)).toBe(cores);
  });
});
