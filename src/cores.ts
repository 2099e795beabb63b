import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * Cores that this process may use: those it is bound to, or fewer where a container's limit on processor time
 * (cgroup version 2, or 1) is below them, of which not every version of Node tells.
 */
export function usableCores(read: (path: string) => string = readText, cores = availableParallelism()): number {
  const limit = timeLimit(read);
  return limit === undefined ? cores : Math.max(1, Math.min(cores, Math.ceil(limit)));
}

/** In cores; undefined without a limit. */
function timeLimit(read: (path: string) => string): number | undefined {
  const [quota, period] = firstOf(
    () => read('/sys/fs/cgroup/cpu.max').trim().split(' '),
    () => ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((name) => read(`/sys/fs/cgroup/cpu/${name}`).trim()),
  );
  const limit = Number(quota) / Number(period);
  return limit > 0 ? limit : undefined;
}

function firstOf(...sources: (() => string[])[]): string[] {
  for (const source of sources) {
    try {
      return source();
    } catch {
      // Not this version of cgroup, or not Linux.
    }
  }
  return [];
}

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}
