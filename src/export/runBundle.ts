import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { settingsSchema } from '../config/schema.js';
import { windowingOf } from '../data/windowing.js';
import { UserError } from '../error.js';
import { loadCheckpoint } from '../model/checkpoint.js';
import { formatNamed } from '../parse/formats.js';
import { type Ledger, loadLedger } from '../parse/ledger.js';
import { commandFor } from '../run/artefacts.js';
import type { RunFolder } from '../run/folder.js';
import type { Result } from '../score/result.js';
import type { Parts } from './archive.js';
import { PARTS, type Pipeline, saveBundle } from './bundle.js';
import { type CardFacts, modelCard } from './card.js';

/** What the manifest of a run says that its artefacts were made with (src/config/parts.ts). */
const parseSettings = z.object({ format: z.string(), parse: z.object({ maxLineBytes: z.number() }) });
const sessionSettings = z.object({ sequences: settingsSchema.shape.sequences });
const scoreSettings = z.object({ predict: z.object({ rounds: z.number(), score: z.string() }), seed: z.number() });

/**
 * Writes a trained and evaluated run as one file.
 * @param own parts beside the standard ones
 * @throws UserError that names the command which makes what the run lacks
 */
export async function writeBundle(run: RunFolder, path: string, own: Parts = {}): Promise<void> {
  const checkpoint = await run.require('checkpoint');
  const { model, training } = await loadCheckpoint(checkpoint, commandFor('checkpoint', run.dir));
  const result: Result = JSON.parse(await readFile(await run.require('result'), 'utf8'));
  requireOwnScores(run);
  const fromLog = run.has('parser');
  const pipeline = pipelineOf(run, result, fromLog);
  const { settings: _paths, ...metrics } = result;
  const ledger = fromLog ? await loadLedger(await run.require('ledger')) : undefined;
  const facts = { result, model, training, pipeline, logs: logsOf(ledger) };
  const parts = {
    [PARTS.card]: modelCard(facts satisfies CardFacts),
    [PARTS.checkpoint]: await readFile(checkpoint),
    [PARTS.vocabulary]: await readFile(await run.require('vocabulary')),
    ...(fromLog ? { [PARTS.parser]: await readFile(await run.require('parser')) } : {}),
    [PARTS.metrics]: `${JSON.stringify(metrics, null, 2)}\n`,
    ...own,
  };
  await saveBundle(path, { model: { name: model.name, part: PARTS.checkpoint }, pipeline, parts });
}

function pipelineOf(run: RunFolder, { threshold }: Result, fromLog: boolean): Pipeline {
  const { sequences } = sessionSettings.parse(run.settingsOf('sessions'));
  const { predict, seed } = scoreSettings.parse(run.settingsOf('scores'));
  const parsed = fromLog ? parseSettings.parse(run.settingsOf('parser')) : undefined;
  return {
    format: parsed ? { name: parsed.format, layout: formatNamed(parsed.format) } : null,
    maxLineBytes: parsed?.parse.maxLineBytes ?? 1 << 20,
    windowing: windowingOf(sequences),
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
    {
      next: commandFor('result', run.dir),
    },
  );
}

function logsOf(ledger: Ledger | undefined): string[] {
  return ledger ? ledger.files.map((file) => basename(file)) : [];
}
