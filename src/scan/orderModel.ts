import { Vocabulary } from '../data/vocabulary.js';
import type { Engine } from '../engine/engine.js';
import { openEngine } from '../engine/open.js';
import { viewsOf } from '../model/adam.js';
import { type Checkpoint, checkpointBytes, checkpointFrom } from '../model/checkpoint.js';
import type { SequenceModel } from '../model/model.js';
import { createModel } from '../model/registry.js';
import { allRows, cutIntoRows, type Rows } from '../model/rows.js';
import { Scorer } from '../model/scorer.js';
import { modelScorer, type Scored } from '../model/sessionScorer.js';
import { modelContext, modelOf } from '../model/trained.js';
import { Diverged, newTrainingState, Trainer, type TrainingState } from '../model/trainer.js';
import { count } from '../parse/input/logFiles.js';
import { type Progress, silent } from '../progress.js';
import { Random } from '../random.js';
import type { Events, Span } from './events.js';
import { ALARMS, choose, disturb, FEWEST_FOUND, SLACK } from './orderChoice.js';
import { mergedQuantiles, quantiles } from './quantiles.js';
import { sequencesOf } from './sequences.js';

/** A trained sequence model and what scores it gave to sessions that it hadn't learnt. */
export interface OrderModel {
  /** Safetensors, as a run has them. */
  checkpoint: Buffer;
  /** Sessions with a lower score are nothing unusual, in bits of the least likely event. */
  limit: number;
  /** Templates that the model finds unlikely where nothing is wrong: of them it says nothing. */
  unsure: number[];
  /** Scores of the last part of the training span, ascending; at most a thousand of them. */
  scores: number[];
  /** How many sessions they stand for. */
  sessions: number;
  windowLines: number;
}

/** What became of the sequence model: the model, or none, and why. */
export interface LearntOrder {
  model?: OrderModel;
  why: string;
}

export interface OrderOptions {
  windowLines: number;
  /** On the clock of `performance.now()`; infinite: none is trained. */
  deadline: number;
  progress: Progress;
}

const SEED = 42;
const MODEL = { name: 'deeplog' };
/** As `logbert train deeplog` has it, with a shorter rise for a shorter training. */
const TRAINING = { epochs: 12, patience: 2, batch: 128, learningRate: 0.004, warmup: 50, weightDecay: 0, seed: SEED };
/** Parts of the sessions: what the model learns, then what stops its training and gives the threshold; the rest decides on it. */
const LEARNT = 2 / 3;
const STOPPING = 5 / 6;
/** More than the windows that a log without sessions is cut into, until it is long. */
const FEWEST_SESSIONS = 120;
/** Part of a log's windows of events that may differ: beyond it there is no order to learn. */
const MOST_DISTINCT = 1 / 3;
const MOST_ROWS = 20_000;
/** Part of the disturbed sessions that rules and counts have to leave for a model to be worth its time. */
const LEAST_LEFT = 0.05;
/** Rows that an epoch has at least. */
const LEAST_ROWS = 2048;
/** Sessions that are learnt, and held-out ones of each part that are looked at: more cost memory and tell little more. */
const MOST_LEARNT = 10_000;
const MOST_HELD_OUT = 1000;
/** Milliseconds without which training isn't begun. */
const LEAST_TIME = 5000;

/** Trains a sequence model on the sessions of the training span, if there is enough to learn, time, and use for it. */
export async function fitOrderModel(events: Events, span: Span, options: OrderOptions): Promise<LearntOrder> {
  if (options.deadline === Number.POSITIVE_INFINITY) return { why: 'no sequence model: there is no budget for one' };
  const sequences = sequencesOf(events, span, options.windowLines)
    .map((sequence) => sequence.events)
    .filter(({ length }) => length > 1);
  if (sequences.length < FEWEST_SESSIONS) {
    return {
      why: `no sequence model: ${count(sequences.length)} sessions or windows of lines, of ${FEWEST_SESSIONS} that it needs`,
    };
  }
  const [first, second] = [LEARNT, STOPPING].map((part) => Math.floor(sequences.length * part));
  const parts = {
    train: sample(sequences.slice(0, first), MOST_LEARNT),
    stopping: sample(sequences.slice(first, second), MOST_HELD_OUT),
    choice: sample(sequences.slice(second), MOST_HELD_OUT),
  };
  const vocabulary = new Vocabulary(new Set(parts.train.flatMap((sequence) => [...sequence.filter((id) => id >= 0)])));
  const model = await createModel(MODEL, modelContext(vocabulary, SEED, 1));
  const encoded = (part: readonly Int32Array[]) => part.map((one) => one.map((id) => vocabulary.encode(id)));
  const rows = cutIntoRows(encoded(parts.train), model.cut);
  const { distinct, of } = rows;
  if (distinct.length > Math.min(MOST_ROWS, of.length * MOST_DISTINCT)) {
    return {
      why: `no sequence model: ${count(distinct.length)} of ${count(of.length)} windows of events differ, too many to learn an order from`,
    };
  }
  const odd = await disturb(parts, vocabulary.templates, new Random(SEED, 'disturbed sessions'));
  if (odd.left.length < Math.max(FEWEST_FOUND, odd.all * LEAST_LEFT)) {
    return {
      why: `no sequence model: of ${count(odd.all)} disturbed sessions rules and counts find all but ${odd.left.length}`,
    };
  }
  if (options.deadline - performance.now() < LEAST_TIME) return { why: 'no sequence model: no time is left' };
  const engine = await openEngine('auto');
  const data = { train: trainingRows(rows), validation: allRows(cutIntoRows(encoded(parts.stopping), model.cut)) };
  const state = await trained(model, engine, data, options);
  if (!state) return { why: 'no sequence model: the time did not suffice' };
  const checkpoint = checkpointOf(vocabulary, state);
  const scorer = await orderScorer(checkpoint, engine);
  try {
    const choice = await choose(parts, odd, scorer);
    if (!choice.keep) return { why: `no sequence model: ${choice.why}` };
    const { limit, unsure, scores } = choice;
    const held = { limit, unsure: [...unsure], scores: quantiles(scores), sessions: scores.length };
    return {
      why: `DeepLog, ${count(state.epochs.length)} epochs: ${choice.why}`,
      model: { checkpoint: checkpointBytes(checkpoint), windowLines: options.windowLines, ...held },
    };
  } finally {
    await scorer.dispose();
  }
}

/**
 * What becomes of a model when more is learnt: it is kept as long as the new sessions, which are held normal, are as usual to it as
 * those that chose it. Where they aren't, one is trained on them, if they suffice.
 */
export async function updateOrderModel(
  events: Events,
  span: Span,
  known: OrderModel | undefined,
  options: OrderOptions,
): Promise<LearntOrder> {
  if (!known) return fitOrderModel(events, span, options);
  const { alarms, scores, unknown } = await judged(events, span, known);
  const outcome = `${count(alarms)} alarms on ${count(scores.length)} new sessions`;
  if (alarms > scores.length * ALARMS * SLACK) {
    const learnt = await fitOrderModel(events, span, options);
    return { ...learnt, why: `${learnt.why}; the one before gave ${outcome} and is dropped` };
  }
  const kept = { scores: mergedQuantiles(known, { scores: quantiles(scores), sessions: scores.length }) };
  const blind = unknown > 0 ? `, though it knows nothing of ${count(unknown)} new templates` : '';
  return {
    why: `the sequence model before is kept${blind}: ${outcome}`,
    model: { ...known, ...kept, sessions: known.sessions + scores.length },
  };
}

/** What a model says of sessions of another log, and how many of their templates it doesn't know. */
async function judged(events: Events, span: Span, { checkpoint, limit, unsure, windowLines }: OrderModel) {
  const sequences = sequencesOf(events, span, windowLines).map((sequence) => sequence.events);
  const scorer = await openOrderModel(checkpoint);
  try {
    const scores = (await scorer.score(sequences, new Set(unsure))).map(({ bits }) => bits);
    const templates = new Set(sequences.flatMap((sequence) => [...sequence.filter((id) => id >= 0)]));
    const unknown = [...templates].filter((template) => !scorer.knows(template)).length;
    return { scores, alarms: scores.filter((bits) => bits > limit).length, unknown };
  } finally {
    await scorer.dispose();
  }
}

/**
 * A row that occurs n times is taught 1 + log2 n times an epoch: what came once, in a log that may hold anomalies, weighs less than
 * what is usual, which needn't be told as often as it occurs.
 */
function trainingRows({ distinct, of }: Rows): Int32Array[] {
  const times = new Uint32Array(distinct.length);
  for (const row of of) times[row]++;
  const once = distinct.flatMap((row, i) => new Array<Int32Array>(1 + Math.floor(Math.log2(times[i]))).fill(row));
  return new Array<Int32Array[]>(Math.ceil(LEAST_ROWS / once.length)).fill(once).flat();
}

/** Every so many-th of the sequences, so that there are not too many. */
function sample(sequences: readonly Int32Array[], most: number): Int32Array[] {
  const step = Math.max(1, sequences.length / most);
  return Array.from({ length: Math.floor(sequences.length / step) }, (_, i) => sequences[Math.floor(i * step)]);
}

/** The best state of the epochs that end before the deadline; undefined when none does. */
async function trained(
  model: SequenceModel,
  engine: Engine,
  data: { train: readonly Int32Array[]; validation: readonly Int32Array[] },
  { deadline, progress }: OrderOptions,
): Promise<TrainingState | undefined> {
  const state = newTrainingState(model, SEED);
  const trainer = new Trainer(model, engine, data, TRAINING, state);
  const signal = AbortSignal.timeout(Math.max(0, Math.round(deadline - performance.now())));
  let longest = 0;
  try {
    while (!trainer.finished && performance.now() + longest < deadline) {
      const { seconds } = await trainer.epoch(progress, signal);
      longest = Math.max(longest, 1000 * seconds);
    }
  } catch (error) {
    if (!(error instanceof Diverged) && error !== signal.reason) throw error;
  } finally {
    await trainer.dispose();
  }
  return state.epochs.length > 0 ? state : undefined;
}

function checkpointOf({ templates }: Vocabulary, { adam, best, epochs }: TrainingState): Checkpoint {
  return {
    model: MODEL,
    templates: Array.from(templates),
    training: { best: best.epoch, epochs: epochs.length, seed: SEED, validationLoss: best.loss },
    parameters: viewsOf(adam.tensors, best.parameters),
    state: best.state,
  };
}

/** Where a sequence is least likely. */
export interface Unlikely {
  /** Surprise of the least likely event, in bits; 0 where the model knows none of the events. */
  bits: number;
  /** Index of that event. */
  at: number;
  /** Template id that was most to be expected there; -1 for none. */
  expected: number;
}

export interface OrderScorer {
  /**
   * One entry a sequence; equal ones are scored once.
   * @param except templates of which nothing is said
   */
  score(sequences: readonly Int32Array[], except?: ReadonlySet<number>): Promise<Unlikely[]>;
  /** Whether it has learnt a template. */
  knows(template: number): boolean;
  dispose(): Promise<void>;
}

/** @throws UserError when the bytes are no checkpoint */
export async function openOrderModel(bytes: Buffer): Promise<OrderScorer> {
  const checkpoint = checkpointFrom(bytes, 'of the bundle', 'logbert fit FILE');
  return orderScorer(checkpoint, await openEngine('auto'));
}

async function orderScorer(checkpoint: Checkpoint, engine: Engine): Promise<OrderScorer> {
  const vocabulary = new Vocabulary(checkpoint.templates);
  const model = await modelOf({ checkpoint, vocabulary, seed: SEED, rounds: 1 }, 'logbert fit FILE');
  const scorer = modelScorer(checkpoint.model.name, model, {
    vocabulary,
    engine: engine.description,
    scorer: new Scorer(model, engine, checkpoint),
  });
  return {
    async score(sequences, except = new Set()) {
      const distinct = new Map(sequences.map((events) => [events.join(), events]));
      const keys = [...distinct.keys()];
      const found = await scorer.score([...distinct.values()], silent);
      const places = new Map(
        found.map((scored, i) => [
          keys[i],
          leastLikely(distinct.get(keys[i])!, scored, (id) => vocabulary.has(id) && !except.has(id)),
        ]),
      );
      return sequences.map((events) => places.get(events.join())!);
    },
    knows: (template) => vocabulary.has(template),
    dispose: () => scorer.dispose(),
  };
}

/** @param counts whether an event of this template counts: that one is new is another finding */
function leastLikely(events: Int32Array, { tally }: Scored, counts: (template: number) => boolean): Unlikely {
  let worst: Unlikely = { bits: 0, at: 0, expected: -1 };
  events.forEach((template, at) => {
    const bits = tally.surprise[at] / Math.LN2;
    if (bits > worst.bits && counts(template)) worst = { bits, at, expected: tally.expected[at] };
  });
  return worst;
}
