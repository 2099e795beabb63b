import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process as a lock names it: a process id alone would fit a later process that was given the same number. */
export interface Owner {
  pid: number;
  /** Start of the process: boot id and clock ticks on Linux, ms since the epoch elsewhere. */
  started: string;
}

/** This process. */
export function self(): Owner {
  const started = process.platform === 'linux' ? linuxStart(process.pid) : undefined;
  return { pid: process.pid, started: started ?? String(Math.round(Date.now() - process.uptime() * 1000)) };
}

/** Whether the very process that `owner` names still runs; when the system can't tell its start, an equal id counts. */
export function isAlive(owner: Owner): boolean {
  if (!exists(owner.pid)) return false;
  const started = startOf(owner.pid);
  if (started === undefined) return true;
  const [recorded, found] = [Number(owner.started), Number(started)];
  if (Number.isNaN(recorded) || Number.isNaN(found)) return owner.started === started;
  // `ps` tells whole seconds and our own start is reckoned back from the uptime.
  return Math.abs(recorded - found) < 3000;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function startOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return linuxStart(pid);
    const started = process.platform === 'win32' ? windowsStart(pid) : unixStart(pid);
    const ms = Date.parse(started.trim());
    return Number.isNaN(ms) ? undefined : String(ms);
  } catch {
    return undefined;
  }
}

function linuxStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the name in parentheses, may itself hold spaces and parentheses; field 22 is the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended, though its number is still taken.
    if (fields[0] === 'Z') return 'ended';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

function unixStart(pid: number): string {
  return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
}

function windowsStart(pid: number): string {
  const script = `(Get-Process -Id ${pid}).StartTime.ToUniversalTime().ToString('o')`;
  return execFileSync('powershell', ['-NoProfile', '-NonInteractive', '-Command', script], { encoding: 'utf8' });
}
