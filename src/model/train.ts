import { writeFile } from 'node:fs/promises';
import { partOf } from '../config/parts.js';
import type { Settings } from '../config/schema.js';
import { loadSessions, type Sessions, TRAIN, VALIDATION } from '../data/sessions.js';
import { Vocabulary } from '../data/vocabulary.js';
import type { HostTensors } from '../engine/engine.js';
import { openEngine } from '../engine/open.js';
import { UserError } from '../error.js';
import type { Progress } from '../progress.js';
import { commandFor } from '../run/artefacts.js';
import type { ArtefactName, RunFolder } from '../run/folder.js';
import { viewsOf } from './adam.js';
import { saveCheckpoint } from './checkpoint.js';
import type { SequenceModel } from './model.js';
import { createModel, isDetector } from './registry.js';
import { allRows, cutIntoRows } from './rows.js';
import { pausesFor } from './sessionScorer.js';
import { withPauses } from './timedKeys.js';
import { type FittingSummary, trainDetector } from './trainDetector.js';
import { modelContext } from './trained.js';
import { Diverged, newTrainingState, Trainer, type TrainingState } from './trainer.js';
import { loadTrainingState, saveTrainingState } from './trainingState.js';
import { readNumbered, type TrainedValues, trainValues, type ValuesSummary } from './trainValues.js';
import { eitherThreshold, firstScoreOf } from './valuedScorer.js';

export interface TrainingSummary {
  model: string;
  engine: string;
  sequences: { train: number; validation: number };
  /** What the model makes of them and is trained on: pieces, or windows. */
  rows: { train: number; validation: number };
  parameters: number;
  epochs: number;
  best: { epoch: number; validationLoss: number };
  /** Of the model of values beside it. */
  values?: ValuesSummary;
  seconds: number;
}

/**
 * Trains the model that the settings name on the run's normal training sessions and writes the checkpoint of its best
 * epoch. After every epoch the whole state is saved, so that an interrupted training can be resumed to the same result; a model
 * of values, which is trained behind it, begins anew then.
 */
export async function trainModel(
  settings: Settings,
  run: RunFolder,
  progress: Progress,
): Promise<TrainingSummary | FittingSummary> {
  const sessions = await loadSessions(run);
  requireTraining(sessions, run);
  if (isDetector(settings.model.name)) {
    const summary = await trainDetector(settings, run, sessions, progress);
    await forget(run, ['checkpoint', 'state']);
    return summary;
  }
  const vocabulary = await Vocabulary.load(await run.require('vocabulary'));
  const model = await createModel(settings.model, modelContext(vocabulary, settings.seed, settings.predict.rounds));
  const numbered = model.values && (await readNumbered(run, sessions, vocabulary, progress));
  const sequences = {
    train: encoded(sessions, TRAIN, model, vocabulary),
    validation: encoded(sessions, VALIDATION, model, vocabulary),
  };
  const rows = cutIntoRows(sequences.train, model.cut);
  const data = {
    train: settings.train.distinct ? rows.distinct : allRows(rows),
    validation: allRows(cutIntoRows(sequences.validation, model.cut)),
  };
  const engine = await openEngine(settings.engine.name, { ...settings.engine, note: (line) => progress.note(line) });
  const state = await startState(settings, run, model);
  const trainer = new Trainer(model, engine, data, { ...settings.train, seed: settings.seed }, state);
  const write = (values?: TrainedValues) =>
    writeResults(settings, run, { model, vocabulary, state, values, engine: engine.description });
  try {
    while (!trainer.finished) {
      await trainer.epoch(progress);
      await run.write('state', origin(settings, model), (path) =>
        saveTrainingState(path, state, madeOf(settings, run)),
      );
    }
  } catch (error) {
    if (!(error instanceof Diverged) || state.epochs.length === 0 || model.values) throw error;
    await write();
    throw error.keeping(state.best.epoch);
  } finally {
    await trainer.dispose();
  }
  const values =
    model.values &&
    numbered &&
    (await trainValues(model.values, numbered, { settings, V: vocabulary.size, engine, progress }));
  await write(values);
  await forget(run, ['detector']);
  return {
    model: settings.model.name,
    engine: engine.description,
    sequences: { train: sequences.train.length, validation: sequences.validation.length },
    rows: { train: data.train.length, validation: data.validation.length },
    parameters: countOf(state.adam.tensors),
    epochs: state.epochs.length,
    best: { epoch: state.best.epoch, validationLoss: state.best.loss },
    ...(values ? { values: values.summary } : {}),
    seconds: seconds(state) + (values?.summary.seconds ?? 0),
  };
}

function requireTraining({ splits }: Sessions, run: RunFolder): void {
  if (splits.includes(TRAIN)) return;
  throw new UserError('There are no normal training sessions to learn from.', {
    next: commandFor('sessions', run.dir),
  });
}

/** A run holds one trained model: what an earlier training of another kind left could be taken for it. */
async function forget(run: RunFolder, names: ArtefactName[]): Promise<void> {
  for (const name of names) if (run.has(name)) await run.remove(name);
}

/** The sequences of a part, as the model reads them. */
function encoded(sessions: Sessions, part: number, model: SequenceModel, vocabulary: Vocabulary): Int32Array[] {
  const pauses = pausesFor({ timed: model.timed === true }, sessions);
  const { splits, offsets, events } = sessions;
  const chosen = Array.from(splits.keys()).filter((i) => splits[i] === part);
  return chosen.map((i) => {
    const keys = events.subarray(offsets[i], offsets[i + 1]).map((id) => vocabulary.encode(id));
    return withPauses(keys, pauses?.data.subarray(offsets[i], offsets[i + 1]));
  });
}

async function startState(settings: Settings, run: RunFolder, model: SequenceModel): Promise<TrainingState> {
  const fresh = newTrainingState(model, settings.seed);
  if (!settings.train.resume) return fresh;
  const next = commandFor('checkpoint', run.dir);
  if (!run.has('state')) throw new UserError(`No interrupted training in ${run.dir}.`, { next });
  return loadTrainingState(await run.require('state'), fresh, madeOf(settings, run), next);
}

function origin(settings: Settings, { values }: SequenceModel) {
  return {
    from: ['vocabulary' as const, 'sessions' as const, 'sequences' as const, ...(values ? (['events'] as const) : [])],
    settings: partOf('train', settings),
  };
}

/** What has to be equal for a training to be resumed; more epochs or more patience may be asked for. */
function madeOf(settings: Settings, run: RunFolder): unknown {
  const { batch, distinct, learningRate, warmup, weightDecay } = settings.train;
  const { model, seed } = settings;
  return {
    model,
    seed,
    batch,
    distinct,
    learningRate,
    warmup,
    weightDecay,
    vocabulary: run.sha256('vocabulary'),
    data: run.sha256('sequences'),
  };
}

interface Trained {
  model: SequenceModel;
  vocabulary: Vocabulary;
  state: TrainingState;
  values?: TrainedValues;
  engine: string;
}

async function writeResults(
  settings: Settings,
  run: RunFolder,
  { model, vocabulary, state, values, engine }: Trained,
): Promise<void> {
  const { best, epochs, adam } = state;
  // Nothing of the clock goes into the checkpoint: equal settings give equal bytes.
  const training = { best: best.epoch, epochs: epochs.length, seed: settings.seed, validationLoss: best.loss };
  await run.writeAll(['checkpoint', 'training'], origin(settings, model), async (tmp) => {
    await saveCheckpoint(tmp('checkpoint'), {
      model: settings.model,
      templates: Array.from(vocabulary.templates),
      training: { ...training, data: run.sha256('sequences') },
      parameters: viewsOf(adam.tensors, best.parameters),
      state: { ...best.state, ...values?.tensors },
    });
    const own = model.threshold && { score: firstScoreOf(model), ...model.threshold };
    const threshold = model.values ? eitherThreshold(model.values.interval) : own;
    const course = { engine, seconds: seconds(state), threshold, epochs, values: values?.summary };
    const curve = { format: 'logbert-training', version: 1, ...training, ...course };
    await writeFile(tmp('training'), `${JSON.stringify(curve, null, 2)}\n`);
  });
}

function countOf(tensors: HostTensors): number {
  return Object.values(tensors).reduce((sum, { data }) => sum + data.length, 0);
}

function seconds({ epochs }: TrainingState): number {
  return epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
}
