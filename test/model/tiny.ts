import { Vocabulary } from '../../src/data/vocabulary.js';
import type { Engine } from '../../src/engine/engine.js';
import { deeplog } from '../../src/model/deeplog/deeplog.js';
import { type DeeplogSettings, deeplogSettings } from '../../src/model/deeplog/settings.js';
import { loganomaly } from '../../src/model/loganomaly/loganomaly.js';
import { type LoganomalySettings, loganomalySettings } from '../../src/model/loganomaly/settings.js';
import { logbert } from '../../src/model/logbert/logbert.js';
import { type LogbertSettings, logbertSettings } from '../../src/model/logbert/settings.js';
import type { ModelContext, SequenceModel } from '../../src/model/model.js';
import { nextKey } from '../../src/model/nextKey/nextKey.js';
import { type NextKeySettings, nextKeySettings } from '../../src/model/nextKey/settings.js';
import { allRows, cutIntoRows } from '../../src/model/rows.js';
import { Scorer } from '../../src/model/scorer.js';
import { newTrainingState, Trainer, type TrainingState } from '../../src/model/trainer.js';
import { silent } from '../../src/progress.js';
import { Random } from '../../src/random.js';

export const TINY = { hidden: 16, layers: 2, heads: 2, feedForward: 24, maxLength: 64 } as const;
const TEXTS = ['', '', '', '', '', 'start of job', 'step', 'end of job', 'retry step', 'warning', 'error'];
export const CONTEXT: ModelContext = { vocabularySize: Vocabulary.SPECIALS + 6, seed: 7, rounds: 4, texts: TEXTS };

/** A LogBERT small enough for every engine. */
export function tinyLogbert(own: Partial<LogbertSettings> = {}): SequenceModel {
  return logbert(logbertSettings.parse({ ...TINY, ...own }), CONTEXT);
}

export function tinyDeeplog(own: Partial<DeeplogSettings> = {}): SequenceModel {
  return deeplog(deeplogSettings.parse({ window: 4, embedding: 6, hidden: 8, topG: 2, ...own }), CONTEXT);
}

export function tinyNextKey(own: Partial<NextKeySettings> = {}): SequenceModel {
  return nextKey(nextKeySettings.parse({ ...TINY, end: true, topG: 2, ...own }), CONTEXT);
}

export function tinyLoganomaly(own: Partial<LoganomalySettings> = {}): SequenceModel {
  return loganomaly(loganomalySettings.parse({ window: 5, semantics: 8, hidden: 8, topG: 2, ...own }), CONTEXT);
}

/** Every model that is trained in epochs, as small as that. */
export const TINY_MODELS: Readonly<Record<string, () => SequenceModel>> = {
  LogBERT: () => tinyLogbert(),
  'LogBERT with ends': () => tinyLogbert({ ends: 3 }),
  DeepLog: () => tinyDeeplog({ end: true }),
  'next-key transformer': () => tinyNextKey(),
  LogAnomaly: () => tinyLoganomaly(),
};

/** Sequences with a grammar that can be learnt: 0 1 … 1 2, with an optional 3 before the end. */
export function sequences(count: number, seed = 1): Int32Array[] {
  const random = new Random('sequences', seed);
  return Array.from({ length: count }, () => {
    const middle = Array.from({ length: 2 + random.int(6) }, () => 1);
    const events = [0, ...middle, ...(random.next() < 0.3 ? [3] : []), 2];
    return Int32Array.from(events, (event) => Vocabulary.SPECIALS + event);
  });
}

const SETTINGS = { epochs: 4, patience: 10, batch: 8, learningRate: 0.01, weightDecay: 0, warmup: 10, seed: 3 };

/** Trains a model on sequences of the grammar. @param most rows to learn from: a sequence has many where they are windows */
export async function train(
  model: SequenceModel,
  engine: Engine,
  epochs = 4,
  state = newTrainingState(model, SETTINGS.seed),
  most = 1000,
): Promise<TrainingState> {
  const rows = (given: Int32Array[]) => allRows(cutIntoRows(given, model.cut));
  const data = { train: rows(sequences(60)).slice(0, most), validation: rows(sequences(20, 2)).slice(0, most) };
  const trainer = new Trainer(model, engine, data, { ...SETTINGS, epochs }, state);
  while (!trainer.finished) await trainer.epoch(silent);
  await trainer.dispose();
  return state;
}

export async function scores(model: SequenceModel, engine: Engine, state: TrainingState, given: Int32Array[]) {
  const scorer = new Scorer(model, engine, { parameters: state.adam.tensors, state: state.state });
  const tallies = await scorer.score(given, silent);
  await scorer.dispose();
  return tallies.map(model.summarize);
}
