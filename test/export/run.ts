import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type Settings, settingsSchema } from '../../src/config/schema.js';
import { generateLog } from '../../src/data/generate.js';
import { silent } from '../../src/progress.js';
import { RunFolder } from '../../src/run/folder.js';
import { runStage } from '../../src/run/pipeline.js';
import { TINY } from '../model/tiny.js';

export interface Made {
  dir: string;
  /** The raw log of the run. */
  log: string;
  run: RunFolder;
  settings: Settings;
}

/** A run of a generated log with a tiny model, all stages done, for the tests of one file. */
export function madeRun(own: Record<string, unknown> = {}): Made {
  const made = {} as Made;
  beforeAll(async () => {
    made.dir = mkdtempSync(join(tmpdir(), 'logbert-export-'));
    made.log = join(made.dir, 'made.log');
    const labels = join(made.dir, 'labels.csv');
    await generateLog({ sessions: 150, anomalyRate: 0.1, seed: 3, log: made.log, labels });
    made.settings = settingsSchema.parse({
      name: 'made',
      input: { files: [made.log], labels },
      model: { name: 'logbert', ...TINY, maxLength: 512, ends: 4 },
      train: { epochs: 2, batch: 16, learningRate: 0.01, warmup: 10 },
      engine: { threads: 1 },
      ...own,
    });
    made.run = await RunFolder.open(join(made.dir, 'run'), { create: true });
    for (const stage of ['parse', 'sessions', 'vocab', 'train', 'predict', 'evaluate'] as const) {
      await runStage(stage, made.settings, made.run, silent);
    }
  }, 180_000);
  afterAll(async () => {
    await made.run?.close();
    rmSync(made.dir, { recursive: true, force: true });
  });
  return made;
}
