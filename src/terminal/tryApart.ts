import { execFile } from 'node:child_process';
import type { EngineName } from '../engine/engine.js';
import type { EngineReport } from '../engine/selfTest.js';

const LIMIT_MS = 60_000;

/**
 * Tries engines one after the other, each by `logbert engines NAME` in a process of its own: a native library that
 * crashes, hangs or gets into the way of another costs no more than its row.
 * @param argv further arguments of the command
 */
export async function tryApart(names: readonly EngineName[], argv: readonly string[]): Promise<EngineReport[]> {
  const reports: EngineReport[] = [];
  for (const name of names) reports.push(await tryOne(name, argv));
  return reports;
}

function tryOne(name: EngineName, argv: readonly string[]): Promise<EngineReport> {
  const others = argv.filter((word) => word !== '--json');
  const args = [process.argv[1], 'engines', name, '--json', ...others];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { timeout: LIMIT_MS }, (error, stdout) => {
      try {
        resolve(JSON.parse(stdout).engines[0]);
      } catch {
        resolve({ name, usable: false, description: `its process ended with ${error?.signal ?? error?.code}.` });
      }
    });
  });
}
