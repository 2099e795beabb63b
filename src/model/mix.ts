import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Settings } from '../config/schema.js';
import { type Details, distinctSequences } from '../data/distinct.js';
import { type Sessions, sequencesOf, TRAIN, VALIDATION } from '../data/sessions.js';
import { UsageError, UserError } from '../error.js';
import { type Progress, silent } from '../progress.js';
import { commandFor } from '../run/artefacts.js';
import type { RunFolder } from '../run/folder.js';
import { type FittedDetector, scoreNames } from './detector.js';
import { createDetector, isDetector } from './registry.js';
import { openTrainedScorer, type Scored, type SessionScorer } from './sessionScorer.js';
import { Tail } from './tail.js';

/** Name of the score. */
export const MIX = 'mix';

/** Blocks of the training sessions that a detector is fitted without, to see what scores it gives to what it hasn't learnt. */
const BLOCKS = 5;

const partSchema = z.object({
  /** A score of the model, or a detector. */
  name: z.string(),
  /** Scores of distinct normal sequences that weren't learnt, ascending. */
  values: z.array(z.number()).min(1),
  /** Of a detector: what it learnt. */
  state: z.unknown().optional(),
});

const fileSchema = z.object({
  format: z.literal('logbert-calibration'),
  version: z.literal(1),
  seed: z.number().int(),
  parts: z.array(partSchema).min(1),
});

/**
 * What turns scores of different kinds into one, `mix`: the sum over its parts of -ln of the probability that a normal sequence
 * has a score as high (Fisher's method of combining tests, without its assumption that they are independent, for a
 * threshold is taken from `mix` itself). Distinct sequences count, however often they occur.
 */
export type Calibration = Omit<z.output<typeof fileSchema>, 'format' | 'version'>;

/**
 * Learns how high each part's scores are for normal sequences: a model's for the validation sequences, a detector's for those
 * of each fifth of the training sessions when it was fitted to the rest. A detector learns nothing of the validation sessions,
 * whose `mix` gives the threshold.
 * @param names scores of the scorer, and detectors
 * @param details of the sessions, where the scorer reads any (`detailsFor`)
 * @throws UsageError for another name; UserError without validation sessions
 */
export async function calibrate(
  scorer: SessionScorer,
  sessions: Sessions,
  names: readonly string[],
  seed: number,
  details?: Details,
): Promise<Calibration> {
  requireKnown(scorer, names);
  const inValidation = (i: number) => sessions.splits[i] === VALIDATION;
  const { sequences: validation, details: own } = distinctSequences(sessions, inValidation, details);
  if (validation.length === 0) {
    throw new UserError('No validation session is there, so nothing tells which scores are usual.', {
      next: 'logbert sessions --validation-fraction 0.1',
    });
  }
  const scored = await scorer.score(validation, silent, own);
  const training = sequencesOf(sessions, TRAIN);
  const parts = names.map(async (name) => {
    if (isDetector(name)) return calibrateDetector(name, training, seed);
    return { name, values: ascending(scored.map(({ scores }) => scores[name])), state: undefined };
  });
  return { seed, parts: await Promise.all(parts) };
}

/** The scores of a run's own detector are no parts: it learnt from the validation sessions. */
function requireKnown({ scores, expected }: SessionScorer, names: readonly string[]): void {
  const own = expected ? scores : [];
  const unknown = names.find((name) => !own.includes(name) && !isDetector(name));
  if (unknown === undefined) return;
  throw new UsageError(`Unknown part ${unknown} of the mix: expected ${[...own, 'a detector'].join(', ')}.`, {
    next: `LOGBERT_PREDICT_MIX=${own[0] ?? 'pca'},count-vector logbert predict`,
  });
}

async function calibrateDetector(name: string, training: readonly Int32Array[], seed: number) {
  if (training.length < BLOCKS) {
    throw new UserError(`A detector in a mix needs ${BLOCKS} training sessions, and there are ${training.length}.`);
  }
  const detector = await createDetector({ name }, { seed });
  const fit = (train: readonly Int32Array[]) => detector.fit({ train, validation: [] });
  const values: number[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const inBlock = (_: Int32Array, i: number) => Math.floor((i * BLOCKS) / training.length) === block;
    const fitted = detector.open(fit(training.filter((sequence, i) => !inBlock(sequence, i))));
    const held = new Map(training.filter(inBlock).map((sequence) => [sequence.join(), sequence]));
    for (const sequence of held.values()) values.push(firstScore(fitted, sequence));
  }
  return { name, values: ascending(values), state: fit(training) };
}

function ascending(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}

function firstScore(detector: FittedDetector, sequence: Int32Array): number {
  return detector.score(sequence)[scoreNames(detector)[0]];
}

/** A scorer whose scores have `mix` behind them. */
export async function withMix(scorer: SessionScorer, { parts, seed }: Calibration): Promise<SessionScorer> {
  const tails = await Promise.all(
    parts.map(async ({ name, values, state }) => {
      const fitted = isDetector(name) ? (await createDetector({ name }, { seed })).open(state) : undefined;
      const tail = new Tail(values);
      return (sequence: Int32Array, { scores }: Scored) =>
        tail.surprise(fitted ? firstScore(fitted, sequence) : scores[name]);
    }),
  );
  return {
    ...scorer,
    scores: [...scorer.scores, MIX],
    score: async (sequences, progress, details) => {
      const scored = await scorer.score(sequences, progress, details);
      return scored.map((one, i) => {
        const mix = tails.reduce((sum, surprise) => sum + surprise(sequences[i], one), 0);
        return { ...one, scores: { ...one.scores, [MIX]: mix } };
      });
    },
  };
}

/**
 * Opens what was trained last in a run folder, with the mix that its scores have.
 * @throws UserError when there is none, or it was trained with another vocabulary
 */
export async function openSessionScorer(
  settings: Settings,
  run: RunFolder,
  progress: Progress,
): Promise<SessionScorer> {
  const calibration = run.has('calibration')
    ? await loadCalibration(await run.require('calibration'), commandFor('calibration', run.dir))
    : undefined;
  const scorer = await openTrainedScorer(settings, run, progress);
  return calibration ? withMix(scorer, calibration) : scorer;
}

/** The text of the file that a calibration is kept in. */
export function calibrationText({ seed, parts }: Calibration): string {
  return `${JSON.stringify({ format: 'logbert-calibration', version: 1, seed, parts })}\n`;
}

/**
 * @param place where the text was found, for messages
 * @param next the command that makes a new one
 * @throws UserError when it is cut, is something else, or is of another version
 */
export function calibrationFrom(text: string, place: string, next: string): Calibration {
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new UserError(`The calibration ${place} can't be used: ${reason}.`, { next, cause: error });
  }
}

/** @throws UserError as `calibrationFrom` */
export async function loadCalibration(path: string, next: string): Promise<Calibration> {
  return calibrationFrom(await readFile(path, 'utf8'), path, next);
}
