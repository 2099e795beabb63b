import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { Vocabulary } from '../data/vocabulary.js';
import { UserError } from '../error.js';
import { checkpointFrom } from '../model/checkpoint.js';
import type { Trained } from '../model/trained.js';
import { formatNamed } from '../parse/formats.js';
import { type Ledger, loadLedger } from '../parse/ledger.js';
import { commandFor } from '../run/artefacts.js';
import type { RunFolder } from '../run/folder.js';
import type { Result } from '../score/result.js';
import { PARTS, type Pipeline } from './bundle.js';
import { modelCard } from './card.js';

/** What the manifest of a run says that its artefacts were made with (src/config/parts.ts). */
const parseSettings = z.object({ format: z.string(), parse: z.object({ maxLineBytes: z.number() }) });
const sessionSettings = z.object({
  sequences: z.object({ window: z.enum(['session', 'count']), length: z.number(), step: z.number() }),
});
const scoreSettings = z.object({ predict: z.object({ rounds: z.number(), score: z.string() }), seed: z.number() });

/** A trained and evaluated run, as far as those need it who serve its model. */
export interface TrainedRun {
  readonly name: string;
  readonly trained: Trained;
  readonly pipeline: Pipeline;
  /** The run's own files, and the model card, under the names that they have in a bundle. */
  readonly parts: Readonly<Record<string, Buffer | string>>;
}

/** @throws UserError that names the command which makes what the run lacks */
export async function readTrainedRun(run: RunFolder): Promise<TrainedRun> {
  const file = async (name: Parameters<RunFolder['require']>[0]) => readFile(await run.require(name));
  const checkpoint = await file('checkpoint');
  const loaded = checkpointFrom(checkpoint, run.path('checkpoint'), commandFor('checkpoint', run.dir));
  const result: Result = JSON.parse((await file('result')).toString());
  requireOwnScores(run);
  const fromLog = run.has('parser');
  const pipeline = pipelineOf(run, result, fromLog);
  const { settings: _paths, ...metrics } = result;
  const logs = logsOf(fromLog ? await loadLedger(await run.require('ledger')) : undefined);
  const vocabulary = await file('vocabulary');
  return {
    name: result.run,
    trained: {
      checkpoint: loaded,
      vocabulary: Vocabulary.fromJSON(JSON.parse(vocabulary.toString()), run.path('vocabulary')),
      ...pipeline.scoring,
    },
    pipeline,
    parts: {
      [PARTS.card]: modelCard({ result, model: loaded.model, training: loaded.training, pipeline, logs }),
      [PARTS.checkpoint]: checkpoint,
      [PARTS.vocabulary]: vocabulary,
      ...(fromLog ? { [PARTS.parser]: await file('parser') } : {}),
      [PARTS.metrics]: `${JSON.stringify(metrics, null, 2)}\n`,
    },
  };
}

function pipelineOf(run: RunFolder, { threshold }: Result, fromLog: boolean): Pipeline {
  const { sequences } = sessionSettings.parse(run.settingsOf('sessions'));
  const { predict, seed } = scoreSettings.parse(run.settingsOf('scores'));
  const parsed = fromLog ? parseSettings.parse(run.settingsOf('parser')) : undefined;
  return {
    format: parsed ? { name: parsed.format, layout: formatNamed(parsed.format) } : null,
    maxLineBytes: parsed?.parse.maxLineBytes ?? 1 << 20,
    windowing: sequences,
    scoring: { seed, rounds: predict.rounds },
    threshold: { score: predict.score, ...threshold },
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
