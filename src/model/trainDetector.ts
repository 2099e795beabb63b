import { writeFile } from 'node:fs/promises';
import { partOf } from '../config/parts.js';
import type { Settings } from '../config/schema.js';
import { type Sessions, sequencesOf, TRAIN, VALIDATION } from '../data/sessions.js';
import type { Progress } from '../progress.js';
import type { RunFolder } from '../run/folder.js';
import { type OwnThreshold, scoreNames } from './detector.js';
import { saveDetector } from './detectorFile.js';
import { createDetector } from './registry.js';

export interface FittingSummary {
  model: string;
  sequences: { train: number; validation: number };
  /** The detector's own rule, if it has one. */
  threshold?: OwnThreshold;
  seconds: number;
}

/** Fits a detector to the run's normal sessions and writes detector.json, and training.json with its own threshold. */
export async function trainDetector(
  settings: Settings,
  run: RunFolder,
  sessions: Sessions,
  progress: Progress,
): Promise<FittingSummary> {
  const { model, seed } = settings;
  const task = progress.task('Fitting');
  const started = performance.now();
  const train = sequencesOf(sessions, TRAIN);
  const validation = sequencesOf(sessions, VALIDATION);
  const detector = await createDetector(model, { seed });
  const state = detector.fit({ train, validation });
  const fitted = detector.open(state);
  const threshold = fitted.threshold && { score: scoreNames(fitted)[0], ...fitted.threshold };
  const seconds = (performance.now() - started) / 1000;
  const sequences = { train: train.length, validation: validation.length };
  const origin = { from: ['sequences' as const], settings: partOf('train', settings) };
  await run.writeAll(['detector', 'training'], origin, async (tmp) => {
    const training = { ...sequences, seed, data: run.sha256('sequences') };
    await saveDetector(tmp('detector'), { model, training, state });
    const course = { format: 'logbert-training', version: 1, ...training, seconds, threshold, epochs: [] };
    await writeFile(tmp('training'), `${JSON.stringify(course, null, 2)}\n`);
  });
  task.finish();
  return { model: model.name, sequences, threshold, seconds };
}
