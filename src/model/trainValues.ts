import type { Settings } from '../config/schema.js';
import { type EventNumbers, readNumbers } from '../data/eventNumbers.js';
import { type Sessions, TRAIN, VALIDATION } from '../data/sessions.js';
import type { Vocabulary } from '../data/vocabulary.js';
import type { Engine, HostTensors } from '../engine/engine.js';
import { UserError } from '../error.js';
import { type Progress, silent } from '../progress.js';
import type { RunFolder } from '../run/folder.js';
import { viewsOf } from './adam.js';
import { requireRows } from './sessionScorer.js';
import { newTrainingState, Trainer } from './trainer.js';
import { Errors } from './values/errors.js';
import { MOST_COLUMNS, type NumberedEvents, Quantities, type QuantitySummary } from './values/quantities.js';
import { ValueModel } from './values/valueModel.js';
import { type ValueShape, valuedSequence, valueNetwork } from './values/valueNetwork.js';

/** A trained model of values, for a checkpoint. */
export interface TrainedValues {
  readonly tensors: HostTensors;
  readonly summary: ValuesSummary;
}

export interface ValuesSummary extends QuantitySummary {
  epochs: number;
  best: { epoch: number; validationLoss: number };
  /** Share of the validation sessions (without any, of the training sessions) that have a value outside the interval. */
  outside: number;
  seconds: number;
}

/** The events of a run with their numbers, and what of these are quantities. */
export interface Numbered {
  readonly sessions: Sessions;
  readonly events: NumberedEvents;
  readonly quantities: Quantities;
  readonly found: QuantitySummary;
}

/**
 * Learns what the training sessions hold of quantities, and tells it.
 * @throws UserError where the run has no raw lines, or no template has a quantity
 */
export async function readNumbered(
  run: RunFolder,
  sessions: Sessions,
  vocabulary: Vocabulary,
  progress: Progress,
): Promise<Numbered> {
  const rows = requireRows(sessions);
  const numbers: EventNumbers = await readNumbers(await run.require('events'));
  const keys = sessions.events.map((template) => vocabulary.encode(template));
  const events = { keys, offsets: sessions.offsets, rows, gaps: sessions.gaps, numbers };
  const learns = (session: number) => sessions.splits[session] === TRAIN;
  const [quantities, found] = Quantities.fit(events, vocabulary.size, learns);
  if (found.parameters + found.pauses === 0) throw nothing(found);
  progress.note(quantityText(found));
  return { sessions, events, quantities, found };
}

/**
 * Trains a model of the values of events: a network that predicts their quantities, and how large its errors usually are on
 * the validation sessions (without any, on the training sessions).
 */
export async function trainValues(
  shape: ValueShape & { readonly interval: number },
  numbered: Numbered,
  { settings, V, engine, progress }: { settings: Settings; V: number; engine: Engine; progress: Progress },
): Promise<TrainedValues> {
  const { quantities, found } = numbered;
  const network = valueNetwork(shape, V, quantities.width);
  const vectors = quantities.vectors(numbered.events);
  const parts = [TRAIN, VALIDATION].map((part) => partOf(part, numbered, vectors));
  // All rows, with `train.distinct` too: each different outlier is a row of its own, and would weigh as much as what is usual.
  const [train, validation] = parts.map(({ keys, vectors }) =>
    keys.flatMap((own, i) => [...network.cut(valuedSequence(own, vectors[i]))]),
  );
  const own = { ...settings.train, seed: settings.seed };
  const state = newTrainingState(network, settings.seed);
  const trainer = new Trainer(network, engine, { train, validation }, own, state);
  try {
    while (!trainer.finished) await trainer.epoch(progress);
  } finally {
    await trainer.dispose();
  }
  const learnt = { ...viewsOf(state.adam.tensors, state.best.parameters), ...quantities.tensors() };
  const unlearnt = parts[validation.length > 0 ? 1 : 0];
  const errors = await errorsOf(ValueModel.open(shape, V, learnt, engine), unlearnt, V);
  const tensors = { ...learnt, ...errors.tensors() };
  return {
    tensors,
    summary: {
      ...found,
      epochs: state.epochs.length,
      best: { epoch: state.best.epoch, validationLoss: state.best.loss },
      outside: await shareOutside(ValueModel.open(shape, V, tensors, engine), unlearnt, shape.interval),
      seconds: state.epochs.reduce((sum, { seconds }) => sum + seconds, 0),
    },
  };
}

interface Part {
  keys: Int32Array[];
  /** (events x P) of each session */
  vectors: Float32Array[];
}

function partOf(part: number, { sessions, events }: Numbered, vectors: Float32Array): Part {
  const { splits, offsets } = sessions;
  const P = vectors.length / Math.max(1, events.keys.length);
  const chosen = Array.from(splits.keys()).filter((i) => splits[i] === part);
  return {
    keys: chosen.map((i) => events.keys.subarray(offsets[i], offsets[i + 1])),
    vectors: chosen.map((i) => vectors.subarray(offsets[i] * P, offsets[i + 1] * P)),
  };
}

async function errorsOf(model: ValueModel, { keys, vectors }: Part, V: number): Promise<Errors> {
  const predicted = await model.predict(keys, vectors, silent).finally(() => model.dispose());
  const P = model.width;
  function* events(): Generator<[number, Float32Array, Float32Array]> {
    for (const [s, own] of keys.entries()) {
      const part = (of: Float32Array, i: number) => of.subarray(i * P, (i + 1) * P);
      for (const [i, key] of own.entries()) yield [key, part(vectors[s], i), part(predicted[s], i)];
    }
  }
  return Errors.fit(events(), V, P);
}

async function shareOutside(model: ValueModel, { keys, vectors }: Part, interval: number): Promise<number> {
  const scored = await model.score(keys, vectors, silent).finally(() => model.dispose());
  const outside = scored.filter(({ deviations }) => deviations.some((deviation) => deviation > interval));
  return outside.length / Math.max(1, keys.length);
}

function nothing({ counters }: QuantitySummary): UserError {
  const found = counters > 0 ? `, and ${counters} parameters that only grow` : '';
  return new UserError(
    `No template has a parameter that is a number in all its training lines, and no line a time${found}: there are no values to learn.`,
    { next: 'LOGBERT_MODEL_VALUES=false logbert train' },
  );
}

/** One line on what is read and what isn't. */
export function quantityText({ parameters, templates, pauses, without, counters, left }: QuantitySummary): string {
  const unread = [
    ...(without > 0 ? [`templates with neither: ${without}`] : []),
    ...(counters > 0 ? [`numbers that only grow, not read: ${counters}`] : []),
    ...(left > 0 ? [`numbers beyond the ${MOST_COLUMNS} of one template, not read: ${left}`] : []),
  ];
  return [
    `values: ${parameters} numeric parameters in ${templates} templates, pauses before ${pauses}`,
    ...unread,
  ].join('; ');
}
