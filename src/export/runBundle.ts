import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { settingsSchema } from '../config/schema.js';
import { Vocabulary } from '../data/vocabulary.js';
import { windowingOf } from '../data/windowing.js';
import { UserError } from '../error.js';
import { loadCheckpoint } from '../model/checkpoint.js';
import { scoresOf } from '../model/model.js';
import { modelOf } from '../model/trained.js';
import { type Ledger, loadLedger } from '../parse/ledger.js';
import { commandFor } from '../run/artefacts.js';
import type { RunFolder } from '../run/folder.js';
import type { Result } from '../score/result.js';
import type { Parts } from './archive.js';
import { PARTS, type Pipeline, saveBundle } from './bundle.js';
import { type CardFacts, modelCard } from './card.js';

/** What the manifest of a run says that its artefacts were made with (src/config/parts.ts). */
const parseSettings = z.object({ parse: z.object({ maxLineBytes: z.number() }) });
const sessionSettings = z.object({ sequences: settingsSchema.shape.sequences });
const scoreSettings = z.object({
  predict: z.object({ rounds: z.number(), score: z.string().optional() }),
  seed: z.number(),
});

/**
 * Writes a trained and evaluated run as one file.
 * @param own parts beside the standard ones
 * @throws UserError that names the command which makes what the run lacks
 */
export async function writeBundle(run: RunFolder, path: string, own: Parts = {}): Promise<void> {
  const checkpoint = await run.require('checkpoint');
  const next = commandFor('checkpoint', run.dir);
  const loaded = await loadCheckpoint(checkpoint, next);
  const { model, training } = loaded;
  const vocabulary = await run.require('vocabulary');
  const result: Result = JSON.parse(await readFile(await run.require('result'), 'utf8'));
  requireOwnScores(run);
  const fromLog = run.has('parser');
  const { seed, predict } = scoreSettings.parse(run.settingsOf('scores'));
  const scoring = { seed, rounds: predict.rounds };
  const trained = { checkpoint: loaded, vocabulary: await Vocabulary.load(vocabulary), ...scoring };
  const score = predict.score ?? scoresOf(await modelOf(trained, next))[0];
  const { settings: _paths, ...metrics } = result;
  const ledger = fromLog ? await loadLedger(await run.require('ledger')) : undefined;
  const pipeline = pipelineOf(run, { scoring, threshold: { score, ...result.threshold } }, ledger);
  const facts = { result, model, training, pipeline, logs: logsOf(ledger) };
  const parts = {
    [PARTS.card]: modelCard(facts satisfies CardFacts),
    [PARTS.checkpoint]: await readFile(checkpoint),
    [PARTS.vocabulary]: await readFile(vocabulary),
    ...(fromLog ? { [PARTS.parser]: await readFile(await run.require('parser')) } : {}),
    [PARTS.metrics]: `${JSON.stringify(metrics, null, 2)}\n`,
    ...own,
  };
  await saveBundle(path, { model: { name: model.name, part: PARTS.checkpoint }, pipeline, parts });
}

function pipelineOf(run: RunFolder, rest: Pick<Pipeline, 'scoring' | 'threshold'>, ledger?: Ledger): Pipeline {
  const { sequences } = sessionSettings.parse(run.settingsOf('sessions'));
  const parsed = ledger ? parseSettings.parse(run.settingsOf('parser')) : undefined;
  return {
    format: ledger ? { name: ledger.lineFormat, layout: ledger.lineLayout } : null,
    maxLineBytes: parsed?.parse.maxLineBytes ?? 1 << 20,
    windowing: windowingOf(sequences),
    ...rest,
  };
}

/** A threshold that was chosen for somebody else's scores says nothing about the model's. */
function requireOwnScores(run: RunFolder): void {
  const { scores } = (run.settingsOf('result') ?? {}) as { scores?: unknown };
  if (scores === undefined) return;
  throw new UserError(
    `${run.path('result')} judges the scores of another program, so its threshold isn't the model's.`,
    {
      next: commandFor('result', run.dir),
    },
  );
}

function logsOf(ledger: Ledger | undefined): string[] {
  return ledger ? ledger.files.map((file) => basename(file)) : [];
}
