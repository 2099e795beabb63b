import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FlagValue } from '../config/settings.js';
import { replace } from './atomic.js';
import type { RunFolder } from './folder.js';

/** The settings of the demo, a file of the package. */
export const DEMO_CONFIG = fileURLToPath(new URL('../../experiments/demo.yaml', import.meta.url));

const SESSIONS = 2000;
const ANOMALY_RATE = 0.04;

/** The generated log of the demo and its labels, in the run folder. */
export interface DemoInput {
  log: string;
  labels: string;
}

export function demoInput(dir: string, seed: number): DemoInput {
  // The seed in the name: a log of another seed is another file.
  const base = join(dir, `generated-${seed}`);
  return { log: `${base}.log`, labels: `${base}_label.csv` };
}

/** The settings that the demo gives beside its file. */
export function demoSettings(dir: string, seed: number): FlagValue[] {
  const { log, labels } = demoInput(dir, seed);
  return [
    { path: 'input.files', value: [log], origin: 'demo' },
    { path: 'input.labels', value: labels, origin: 'demo' },
  ];
}

/** Generates the demo's log unless it is there. */
export async function prepareDemo(run: RunFolder, seed: number): Promise<void> {
  const { log, labels } = demoInput(run.dir, seed);
  if (existsSync(log) && existsSync(labels)) return;
  const { generateLog } = await import('../data/generate.js');
  const half = { log: run.temporary('generated.log'), labels: run.temporary('generated.csv') };
  await generateLog({ sessions: SESSIONS, anomalyRate: ANOMALY_RATE, seed, ...half });
  await replace(half.labels, labels);
  await replace(half.log, log);
}
