import { partOf } from '../config/parts.js';
import type { Settings } from '../config/schema.js';
import type { Progress } from '../progress.js';
import { STAGE_RESULTS, STAGES, type Stage } from './artefacts.js';
import type { RunFolder } from './folder.js';

/** What each stage returns; `--json` prints it. */
export interface Summaries {
  parse: Awaited<ReturnType<typeof import('../parse/parse.js').parseLogs>>;
  sessions: Awaited<ReturnType<typeof import('../data/buildSessions.js').buildSessions>>;
  vocab: Awaited<ReturnType<typeof import('../data/vocabulary.js').buildVocabulary>>;
  train: Awaited<ReturnType<typeof import('../model/train.js').trainModel>>;
  predict: Awaited<ReturnType<typeof import('../model/predict.js').predictScores>>;
  evaluate: Awaited<ReturnType<typeof import('../score/evaluate.js').evaluateRun>>;
}

/** A stage reads from the run folder and writes to it. */
export type StageFunction<S extends Stage> = (
  settings: Settings,
  run: RunFolder,
  progress?: Progress,
) => Promise<Summaries[S]>;

type Loaded<S extends Stage> = (settings: Settings, run: RunFolder, progress: Progress) => Promise<Summaries[S]>;

// Loaded when a stage runs: tensors and ONNX Runtime take a second that the other stages needn't pay.
const functions: { [S in Stage]: () => Promise<Loaded<S>> } = {
  parse: async () => (await import('../parse/parse.js')).parseLogs,
  sessions: async () => (await import('../data/buildSessions.js')).buildSessions,
  vocab: async () => (await import('../data/vocabulary.js')).buildVocabulary,
  train: async () => (await import('../model/train.js')).trainModel,
  predict: async () => (await import('../model/predict.js')).predictScores,
  evaluate: async () => (await import('../score/evaluate.js')).evaluateRun,
};

/** Runs one stage. */
export async function runStage<S extends Stage>(
  stage: S,
  settings: Settings,
  run: RunFolder,
  progress: Progress,
): Promise<Summaries[S]> {
  const execute = await functions[stage]();
  return execute(settings, run, progress);
}

/** The stages that a run with these settings goes through: key files need no parser. */
export function stagesOf(settings: Settings): Stage[] {
  const { keys, labelledKeys } = settings.input;
  return STAGES.filter((stage) => stage !== 'parse' || (keys === undefined && labelledKeys === undefined));
}

/** Whether all that a stage makes is there, whole, and made from what is there with equal settings. */
export async function isStageFresh(stage: Stage, settings: Settings, run: RunFolder): Promise<boolean> {
  const part = partOf(stage, settings);
  for (const alternatives of STAGE_RESULTS[stage]) {
    const fresh = await Promise.all(alternatives.map((name) => run.isFresh(name, part)));
    if (!fresh.some(Boolean)) return false;
  }
  return true;
}

export interface PipelineEvents {
  /** A stage begins. */
  onStart?(stage: Stage): void;
  /** A stage has ended; without a summary when it was fresh and not run. */
  onEnd?<S extends Stage>(stage: S, summary: Summaries[S] | undefined): void;
}

/**
 * Runs all stages in order and skips those that are fresh. Training that was stopped half-way goes on where it was.
 * @param options.force runs the fresh ones too
 * @returns the summaries of the stages that were run
 */
export async function runPipeline(
  settings: Settings,
  run: RunFolder,
  progress: Progress,
  options: { force?: boolean } & PipelineEvents = {},
): Promise<Partial<Summaries>> {
  const summaries: Partial<Summaries> = {};
  for (const stage of stagesOf(settings)) {
    options.onStart?.(stage);
    const skip = !options.force && (await isStageFresh(stage, settings, run));
    const resume = !options.force && (await isHalfTrained(stage, settings, run));
    const now = resume ? { ...settings, train: { ...settings.train, resume } } : settings;
    const summary = skip ? undefined : await runStage(stage, now, run, progress);
    if (summary !== undefined) Object.assign(summaries, { [stage]: summary });
    options.onEnd?.(stage, summary);
  }
  return summaries;
}

async function isHalfTrained(stage: Stage, settings: Settings, run: RunFolder): Promise<boolean> {
  return stage === 'train' && run.isFresh('state', partOf('train', settings));
}
