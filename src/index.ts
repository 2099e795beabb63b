import type { Settings } from './config/schema.js';
import type { Downloaded, DownloadOptions } from './data/datasets/download.js';
import type { Listed } from './data/datasets/list.js';
import type { GenerateOptions, GenerateSummary } from './data/generate.js';
import type { ExplainedSession } from './explain/explain.js';
import type { ExportOptions, ExportSummary } from './export/export.js';
import type { LogScores } from './export/logScores.js';
import { type Progress, silent } from './progress.js';
import type { Stage } from './run/artefacts.js';
import type { RunFolder } from './run/folder.js';
import { runStage, type StageFunction } from './run/pipeline.js';
import type { DiffOptions, DiffSummary } from './scan/diff.js';
import type { FitOptions, FitSummary } from './scan/fit.js';
import type { ScanOptions, ScanSummary } from './scan/scan.js';

/*
 * The functions that the commands call, for use from programs. Importing this loads nothing heavy: a stage loads
 * tensors and ONNX Runtime when it is called. They reject with a UserError where a user can mend what is wrong.
 */
export { partOf } from './config/parts.js';
export { type Settings, type SettingsInput, settingsSchema } from './config/schema.js';
export { type FlagValue, loadSettings, type SettingsSources } from './config/settings.js';
export { UsageError, UserError } from './error.js';
export type { ExplainedSession } from './explain/explain.js';
export { type Bundle, type BundleContents, openBundle, PARTS, type Pipeline, saveBundle } from './export/bundle.js';
export type { ExportOptions, ExportSummary } from './export/export.js';
export type { LogScores, SessionScore } from './export/logScores.js';
export { type ModelEntry, models } from './model/registry.js';
export { type Detection, detectFormat } from './parse/formats/detect.js';
export { type Progress, silent, type Task } from './progress.js';
export { Random } from './random.js';
export { ARTEFACTS, type ArtefactName, STAGES, type Stage } from './run/artefacts.js';
export { type Fault, type Origin, RunFolder } from './run/folder.js';
export {
  isStageFresh,
  type PipelineEvents,
  runPipeline,
  runStage,
  type StageFunction,
  type Summaries,
} from './run/pipeline.js';

/** Parses logs into events and learns their templates: `logbert parse`. */
export const parseLogs = stage('parse');
/** Groups events into sessions, joins labels and splits: `logbert sessions`. */
export const buildSessions = stage('sessions');
/** Builds the vocabulary from the training sessions: `logbert vocab`. */
export const buildVocabulary = stage('vocab');
/** Trains the model that the settings name: `logbert train`. */
export const trainModel = stage('train');
/** Scores each session and event: `logbert predict`. */
export const predictScores = stage('predict');
/** Chooses the threshold and writes result and report: `logbert evaluate`. */
export const evaluateRun = stage('evaluate');

/** Writes an HDFS-like log with labels: `logbert generate`. */
export async function generateLog(options: GenerateOptions, progress: Progress = silent): Promise<GenerateSummary> {
  return (await import('./data/generate.js')).generateLog(options, progress);
}

/** Fetches, checks and unpacks a data set by its name: `logbert download`. */
export async function downloadDataset(
  name: string,
  options: DownloadOptions,
  progress: Progress = silent,
): Promise<Downloaded> {
  const { datasetNamed } = await import('./data/datasets/registry.js');
  return (await import('./data/datasets/download.js')).downloadDataset(await datasetNamed(name), options, progress);
}

/** The data sets that are known, and what of each is in a folder: `logbert datasets`. */
export async function listDatasets(root: string): Promise<Listed[]> {
  return (await import('./data/datasets/list.js')).listDatasets(root);
}

/** Tells why a session of a trained run has its score: `logbert explain`. */
export async function explainSession(
  settings: Settings,
  run: RunFolder,
  session: string,
  progress: Progress = silent,
): Promise<ExplainedSession> {
  return (await import('./explain/explain.js')).explainSession(settings, run, session, progress);
}

/** Writes a trained run in a form that others can serve: `logbert export`. */
export async function exportRun(run: RunFolder, options: ExportOptions): Promise<ExportSummary> {
  return (await import('./export/export.js')).exportRun(run, options);
}

/** Scores the sessions of raw logs with nothing but a bundle: `logbert predict --bundle`. */
export async function scoreFiles(
  bundle: string,
  files: string[],
  engine: Settings['engine'],
  progress: Progress = silent,
): Promise<LogScores> {
  return (await import('./export/scoreFiles.js')).scoreFiles(bundle, files, engine, progress);
}

/** Learns what is usual in unlabelled logs and writes it as a bundle: `logbert fit`. */
export async function fitLogs(
  settings: Settings,
  options: FitOptions,
  progress: Progress = silent,
): Promise<FitSummary> {
  return (await import('./scan/fit.js')).fitLogs(settings, options, progress);
}

/** Tells what in logs is unlike what a bundle learnt: `logbert scan`. */
export async function scanLogs(options: ScanOptions, progress: Progress = silent): Promise<ScanSummary> {
  return (await import('./scan/scan.js')).scanLogs(options, progress);
}

/** Tells what a bad log holds that good logs never showed: `logbert diff`. */
export async function diffLogs(
  settings: Settings,
  options: DiffOptions,
  progress: Progress = silent,
): Promise<DiffSummary> {
  return (await import('./scan/diff.js')).diffLogs(settings, options, progress);
}

/** Records a finding as normal, so that no scan tells it again: `logbert accept`. */
export const acceptFinding = loaded(async () => (await import('./scan/accept.js')).acceptFinding);
/** Tells what a bundle has learnt, and what was accepted: `logbert report`. */
export const reportBundle = loaded(async () => (await import('./scan/accept.js')).reportBundle);

/** Tells which format a log's lines have: `logbert detect`. */
export const detectFile = loaded(async () => (await import('./parse/formats/detectFile.js')).detectFile);
/** Masks personal data and secrets in a log: `logbert pii`. */
export const maskFile = loaded(async () => (await import('./parse/pii/maskFile.js')).maskFile);
/** The templates of a run or a parser: `logbert templates`. */
export const listTemplates = loaded(async () => (await templates()).listTemplates);
/** How the templates of two runs or parsers differ: `logbert templates diff`. */
export const diffTemplates = loaded(async () => (await templates()).diffTemplates);
/** Makes templates that mean the same one: `logbert templates merge`. */
export const mergeTemplates = loaded(async () => (await templates()).mergeTemplates);
/** Takes a template out of the one it was merged into: `logbert templates split`. */
export const splitTemplate = loaded(async () => (await templates()).splitTemplate);
/** Gives a template a name: `logbert templates rename`. */
export const renameTemplate = loaded(async () => (await templates()).renameTemplate);

/** The results of runs as rows of one table: `logbert compare`. */
export const compareRuns = loaded(async () => (await import('./score/compare.js')).compareRuns);
/** Writes the charts of runs as SVG and PNG: `logbert compare --figures`. */
export const writeFigures = loaded(async () => (await import('./score/figures.js')).writeFigures);
/** Runs a paper's table: `logbert reproduce`. */
export const reproduce = loaded(async () => (await import('./run/reproduce.js')).reproduce);
/** What a run holds, and what to run next: `logbert info --run`. */
export const describeRun = loaded(async () => (await import('./run/info.js')).describeRun);
/** Tries an engine, and measures it if asked to: `logbert engines`. */
export const tryEngine = loaded(async () => (await import('./engine/selfTest.js')).tryEngine);

function stage<S extends Stage>(name: S): StageFunction<S> {
  return (settings, run: RunFolder, progress = silent) => runStage(name, settings, run, progress);
}

/** A function whose module is loaded when it is called. */
function loaded<A extends unknown[], R>(load: () => Promise<(...args: A) => Promise<R>>) {
  return async (...args: A): Promise<R> => (await load())(...args);
}

function templates() {
  return import('./parse/drain/templates.js');
}
