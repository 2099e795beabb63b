import type { Random } from '../random.js';
import { EXCLUDED, TEST, TRAIN, VALIDATION } from './sessions.js';

/**
 * Strict protocol: a session belongs to the side of the border where it starts. Abnormal sessions before it are
 * excluded; the last of the others (normal, or without a label) are the validation part.
 *
 * @param labels (n) sessions in order of their first line
 * @param firstRows (n) event row of each session's first line
 * @param border first event row of the test side; Infinity: all is training
 * @returns (n) index into SPLITS
 */
export function splitStrict(
  labels: Int8Array,
  firstRows: ArrayLike<number>,
  border: number,
  validationFraction: number,
): Uint8Array {
  const splits = new Uint8Array(labels.length);
  const training: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    if (firstRows[i] >= border) splits[i] = TEST;
    else if (labels[i] === 1) splits[i] = EXCLUDED;
    else training.push(i);
  }
  return assignTraining(splits, training, validationFraction);
}

/**
 * The authors' protocol: normal sessions are shuffled, a fraction of them is for training (its last part for
 * validation), and everything else is the test.
 */
export function splitPaper(
  labels: Int8Array,
  trainFraction: number,
  validationFraction: number,
  random: Random,
): Uint8Array {
  const splits = new Uint8Array(labels.length).fill(TEST);
  const normal: number[] = [];
  for (let i = 0; i < labels.length; i++) if (labels[i] !== 1) normal.push(i);
  const training = random.shuffle(normal).slice(0, Math.round(normal.length * trainFraction));
  return assignTraining(splits, training, validationFraction);
}

/** Marks the training sessions, the last of them (at least one, where there are two) as validation. */
export function assignTraining(
  splits: Uint8Array,
  training: ArrayLike<number>,
  validationFraction: number,
): Uint8Array {
  const wanted = Math.max(1, Math.round(training.length * validationFraction));
  const fitted = training.length - Math.min(wanted, training.length - 1);
  for (let i = 0; i < training.length; i++) splits[training[i]] = i < fitted ? TRAIN : VALIDATION;
  return splits;
}

/** How many sessions have events on both sides of the border. */
export function countStraddlers(firstRows: ArrayLike<number>, lastRows: ArrayLike<number>, border: number): number {
  let straddlers = 0;
  for (let i = 0; i < firstRows.length; i++) if (firstRows[i] < border && lastRows[i] >= border) straddlers++;
  return straddlers;
}
