import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { settingsSchema } from '../config/schema.js';
import { templateTexts, Vocabulary } from '../data/vocabulary.js';
import { windowingOf } from '../data/windowing.js';
import { UserError } from '../error.js';
import { checkpointFrom } from '../model/checkpoint.js';
import { scoreNames } from '../model/detector.js';
import { detectorFrom } from '../model/detectorFile.js';
import type { NamedModel } from '../model/registry.js';
import { openDetector } from '../model/sessionScorer.js';
import { modelOf, type Trained } from '../model/trained.js';
import { firstScoreOf } from '../model/valuedScorer.js';
import { type Ledger, loadLedger } from '../parse/ledger.js';
import { type ArtefactName, commandFor } from '../run/artefacts.js';
import type { RunFolder } from '../run/folder.js';
import type { Result } from '../score/result.js';
import { PARTS, type Pipeline } from './bundle.js';
import { modelCard } from './card.js';

/** What the manifest of a run says that its artefacts were made with (src/config/parts.ts). */
const parseSettings = z.object({ parse: settingsSchema.shape.parse });
const sessionSettings = z.object({ sequences: settingsSchema.shape.sequences });
const scoreSettings = z.object({
  predict: z.object({ rounds: z.number(), score: z.string().optional(), precision: z.enum(['fp32', 'int8']) }),
  seed: z.number(),
});

/** A trained and evaluated run, as far as those need it who serve its model. */
export interface TrainedRun {
  /** Name of the run. */
  readonly name: string;
  /** Name of the model, and the part that holds it. */
  readonly model: { readonly name: string; readonly part: string };
  /** Undefined for a detector. */
  readonly trained: Trained | undefined;
  readonly pipeline: Pipeline;
  /** Text of each template, for a model that goes by them. */
  readonly texts: ReadonlyMap<number, string>;
  /** The run's own files, and the model card, under the names that they have in a bundle. */
  readonly parts: Readonly<Record<string, Buffer | string>>;
}

/** @throws UserError that names the command which makes what the run lacks */
export async function readTrainedRun(run: RunFolder): Promise<TrainedRun> {
  const file = async (name: ArtefactName) => readFile(await run.require(name));
  const learntBy = run.has('detector') ? 'detector' : 'checkpoint';
  const content = await file(learntBy);
  const result: Result = JSON.parse((await file('result')).toString());
  requireOwnScores(run);
  const learnt = await (learntBy === 'detector' ? readDetector(run, content) : readCheckpoint(run, content));
  const ledger = run.has('parser') ? await loadLedger(await run.require('ledger')) : undefined;
  const pipeline = pipelineOf(run, result, ledger, learnt.firstScore);
  const { settings: _paths, ...metrics } = result;
  const logs = logsOf(ledger);
  const { config, training, part } = learnt;
  return {
    name: result.run,
    model: { name: config.name, part },
    trained: learnt.trained,
    pipeline,
    texts: await templateTexts(settingsSchema.parse(run.settings), run),
    parts: {
      [PARTS.card]: modelCard({ result, model: config, training, pipeline, logs }),
      [part]: content,
      ...(run.has('vocabulary') ? { [PARTS.vocabulary]: await file('vocabulary') } : {}),
      ...(run.has('calibration') ? { [PARTS.calibration]: await file('calibration') } : {}),
      ...(ledger ? { [PARTS.parser]: await file('parser') } : {}),
      [PARTS.metrics]: `${JSON.stringify(metrics, null, 2)}\n`,
    },
  };
}

interface Learnt {
  readonly part: string;
  readonly config: NamedModel;
  readonly training: Readonly<Record<string, unknown>>;
  /** The score that decides where none is asked for. */
  readonly firstScore: string;
  readonly trained?: Trained;
}

async function readCheckpoint(run: RunFolder, content: Buffer): Promise<Learnt> {
  const next = commandFor('checkpoint', run.dir);
  const checkpoint = checkpointFrom(content, run.path('checkpoint'), next);
  const vocabulary = await Vocabulary.load(await run.require('vocabulary'));
  const { predict, seed } = scoreSettings.parse(run.settingsOf('scores'));
  const trained = { checkpoint, vocabulary, seed, rounds: predict.rounds };
  const firstScore = firstScoreOf(await modelOf(trained, next));
  const { model: config, training } = checkpoint;
  return { part: PARTS.checkpoint, config, training, firstScore, trained };
}

async function readDetector(run: RunFolder, content: Buffer): Promise<Learnt> {
  const next = commandFor('detector', run.dir);
  const file = detectorFrom(content.toString(), run.path('detector'), next);
  const { seed } = scoreSettings.parse(run.settingsOf('scores'));
  const [firstScore] = scoreNames(await openDetector(file, seed, next));
  return { part: PARTS.detector, config: file.model, training: file.training, firstScore };
}

function pipelineOf(run: RunFolder, { threshold }: Result, ledger: Ledger | undefined, firstScore: string): Pipeline {
  const { sequences } = sessionSettings.parse(run.settingsOf('sessions'));
  const { predict, seed } = scoreSettings.parse(run.settingsOf('scores'));
  const { maxLineBytes, join, pii } = parseSettings.parse(run.settingsOf('parser') ?? {}).parse;
  return {
    format: ledger ? { name: ledger.lineFormat, layout: ledger.lineLayout } : null,
    maxLineBytes,
    join,
    pii,
    windowing: windowingOf(sequences),
    scoring: { seed, rounds: predict.rounds, precision: predict.precision },
    threshold: { score: predict.score ?? firstScore, ...threshold },
  };
}

/** A threshold that was chosen for somebody else's scores says nothing about the model's. */
function requireOwnScores(run: RunFolder): void {
  const { scores } = (run.settingsOf('result') ?? {}) as { scores?: unknown };
  if (scores === undefined) return;
  throw new UserError(
    `${run.path('result')} judges the scores of another program, so its threshold isn't the model's.`,
    { next: commandFor('result', run.dir) },
  );
}

function logsOf(ledger: Ledger | undefined): string[] {
  return ledger ? ledger.files.map((file) => basename(file)) : [];
}
