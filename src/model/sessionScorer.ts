import type { Settings } from '../config/schema.js';
import type { Details, EventDetails } from '../data/distinct.js';
import { type EventNumbers, readNumbers } from '../data/eventNumbers.js';
import { pauseClasses } from '../data/pauses.js';
import { END_OF_SESSION, type Sessions } from '../data/sessions.js';
import { templateTexts, Vocabulary } from '../data/vocabulary.js';
import { openEngine } from '../engine/open.js';
import { UserError } from '../error.js';
import type { Progress } from '../progress.js';
import { commandFor } from '../run/artefacts.js';
import type { RunFolder } from '../run/folder.js';
import { keyTensors, loadCheckpoint } from './checkpoint.js';
import { type FittedDetector, scoreNames } from './detector.js';
import { type DetectorFile, loadDetector } from './detectorFile.js';
import { newTally, type SequenceModel, scoresOf, type Tally } from './model.js';
import { createDetector } from './registry.js';
import { Scorer } from './scorer.js';
import { templateKeys } from './templateKeys.js';
import { withPauses } from './timedKeys.js';
import { modelOf } from './trained.js';
import { type Valued, valuedScorer } from './valuedScorer.js';
import type { ScoredValues } from './values/valueModel.js';

/** What scoring found out about a sequence. */
export interface Scored {
  scores: Record<string, number>;
  /**
   * What it found out about each event, `expected` as template ids; of a detector, `surprise` is what the event adds to
   * the first score, and at the end what is missing adds to it.
   */
  tally: Tally;
  /** Of a model that reads quantities. */
  values?: ScoredValues;
}

/** What a model holds possible in a place. */
export interface Expected {
  /** END_OF_SESSION for the end. */
  template: number;
  /** The geometric mean over the rounds of masking, so that the probabilities of a place may add up to less than 1. */
  probability: number;
}

/** Sequences of template ids in, scores out, whatever it is that scores them. */
export interface SessionScorer {
  readonly model: string;
  /** What computes: library, version and threads. */
  readonly engine: string;
  /** Names of the scores; the first is the default. */
  readonly scores: readonly string[];
  /** Whether it reads the pauses between events (src/data/pauses.ts), which it then has to be given. */
  readonly timed: boolean;
  /** What it reads of the quantities of events, which it then has to be given. */
  readonly valued?: Valued;
  /** One entry a sequence, in the given order. */
  score(sequences: readonly Int32Array[], progress: Progress, details?: readonly EventDetails[]): Promise<Scored[]>;
  /** The `most` likeliest templates in the place of each event and of the end, likeliest first; a detector has none. */
  expected?(sequence: Int32Array, most: number, details?: EventDetails): Promise<Expected[][]>;
  dispose(): Promise<void>;
}

/**
 * Opens what was trained last in a run folder.
 * @throws UserError when there is none, or it was trained with another vocabulary
 */
export async function openTrainedScorer(
  settings: Settings,
  run: RunFolder,
  progress: Progress,
): Promise<SessionScorer> {
  const again = commandFor('checkpoint', run.dir);
  if (run.has('detector')) {
    const file = await loadDetector(await run.require('detector'), again);
    return detectorScorer(file.model.name, await openDetector(file, settings.seed, again));
  }
  const vocabulary = await Vocabulary.load(await run.require('vocabulary'));
  const checkpoint = await loadCheckpoint(await run.require('checkpoint'), again);
  const { seed, predict } = settings;
  const model = await modelOf({ checkpoint, vocabulary, seed, rounds: predict.rounds }, again);
  const engine = await openEngine(settings.engine.name, { ...settings.engine, note: (line) => progress.note(line) });
  const scorer = modelScorer(checkpoint.model.name, model, {
    vocabulary,
    engine: engine.description,
    scorer: new Scorer(model, engine, keyTensors(checkpoint), settings.predict.precision),
    texts: model.match ? await templateTexts(settings, run) : undefined,
  });
  return valuedScorer(scorer, model, { checkpoint, vocabulary, engine });
}

/**
 * What a scorer is to be given of events beside their templates, if it reads any of it.
 * @param numbers gives the parameters of the rows that the events are
 */
export async function detailsFor(
  { timed, valued }: Pick<SessionScorer, 'timed' | 'valued'>,
  sessions: Pick<Sessions, 'events' | 'offsets' | 'rows' | 'gaps'>,
  numbers: () => Promise<EventNumbers>,
): Promise<Details | undefined> {
  if (!valued) return pausesFor({ timed }, sessions);
  const rows = requireRows(sessions);
  return { width: valued.width, data: valued.vectors({ ...sessions, rows }, await numbers()) };
}

/** The parameters of a run's events, which `detailsFor` may ask for. */
export function numbersOf(run: RunFolder): () => Promise<EventNumbers> {
  return async () => readNumbers(await run.require('events'));
}

/** @throws UserError when the sessions come from event keys */
export function requireRows({ rows }: Pick<Sessions, 'rows'>): Uint32Array {
  if (rows) return rows;
  throw new UserError('A model of values reads the parameters of log lines, and this run was made from event keys.', {
    next: 'LOGBERT_MODEL_VALUES=false logbert train',
  });
}

/**
 * The pauses that a scorer is to be given with these sessions, if it reads any.
 * @throws UserError when it does and the sessions have no times
 */
export function pausesFor(
  { timed }: Pick<SessionScorer, 'timed'>,
  { gaps }: Pick<Sessions, 'gaps'>,
): { width: number; data: Uint8Array } | undefined {
  if (!timed) return undefined;
  if (gaps) return { width: 1, data: pauseClasses(gaps) };
  throw new UserError('The model reads the times between events (model.time), and no line has a time.', {
    next: 'LOGBERT_MODEL_TIME=false logbert train',
  });
}

export interface ScoredWith {
  vocabulary: Vocabulary;
  engine: string;
  scorer: Scorer;
  /** Text of each template, for a model that matches those which training never saw. */
  texts?: ReadonlyMap<number, string>;
}

/** A trained model with the vocabulary that it was trained on. */
export function modelScorer(
  name: string,
  model: SequenceModel,
  { vocabulary, engine, scorer, texts }: ScoredWith,
): SessionScorer {
  const keyOf = templateKeys(model, vocabulary, texts);
  return {
    model: name,
    engine,
    scores: scoresOf(model),
    timed: model.timed === true,
    score: async (sequences, progress, pauses) => {
      const encoded = sequences.map((sequence, i) => withPauses(sequence.map(keyOf), pauses?.[i]));
      const tallies = await scorer.score(encoded, progress);
      return tallies.map((tally) => {
        const expected = tally.expected.map((key) => templateOf(key, vocabulary));
        return { scores: model.summarize(tally), tally: { ...tally, expected } };
      });
    },
    expected: (sequence, most, pauses) => likeliest(scorer, vocabulary, withPauses(sequence.map(keyOf), pauses), most),
    dispose: () => scorer.dispose(),
  };
}

async function likeliest(
  scorer: Scorer,
  vocabulary: Vocabulary,
  sequence: Int32Array,
  most: number,
): Promise<Expected[][]> {
  const templates = Array.from({ length: vocabulary.size - Vocabulary.SPECIALS }, (_, i) => Vocabulary.SPECIALS + i);
  const keys = [Vocabulary.END, ...templates];
  const surprises = await scorer.surprises(sequence, keys);
  return Array.from({ length: sequence.length + 1 }, (_, place) => {
    const order = [...keys.keys()].filter((k) => !Number.isNaN(surprises[k][place]));
    order.sort((a, b) => surprises[a][place] - surprises[b][place] || a - b);
    return order.slice(0, most).map((k) => ({
      template: templateOf(keys[k], vocabulary),
      probability: Math.exp(-surprises[k][place]),
    }));
  });
}

function templateOf(key: number, vocabulary: Vocabulary): number {
  if (key === Vocabulary.END) return END_OF_SESSION;
  return key < Vocabulary.SPECIALS ? -1 : vocabulary.template(key);
}

/** @throws UserError when the state isn't one of this detector */
export async function openDetector(
  { model, state }: DetectorFile,
  seed: number,
  next: string,
): Promise<FittedDetector> {
  const detector = await createDetector(model, { seed });
  try {
    return detector.open(state);
  } catch (cause) {
    throw new UserError(`What ${model.name} learnt can't be read.`, { next, cause });
  }
}

/** A fitted detector as the scorer of a run, a bundle or a stream. */
export function detectorScorer(name: string, detector: FittedDetector): SessionScorer {
  return {
    model: name,
    engine: 'JavaScript',
    scores: scoreNames(detector),
    timed: false,
    score: async (sequences, progress) => {
      const task = progress.task('score', sequences.length, { unit: 'sequences' });
      const scored = sequences.map((sequence, i) => {
        if (i % 4096 === 0) task.update(i);
        return { scores: detector.score(sequence), tally: explained(detector, sequence) };
      });
      task.finish();
      return scored;
    },
    dispose: async () => {},
  };
}

function explained(detector: FittedDetector, sequence: Int32Array): Tally {
  const { events, missing } = detector.explain(sequence);
  const tally = newTally(sequence.length);
  tally.masked.fill(1);
  tally.surprise.set(events);
  events.forEach((share, i) => {
    tally.misses[i] = share > 0 ? 1 : 0;
  });
  tally.misses[sequence.length] = missing.score > 0 ? 1 : 0;
  tally.surprise[sequence.length] = missing.score;
  tally.expected[sequence.length] = missing.template;
  return tally;
}
