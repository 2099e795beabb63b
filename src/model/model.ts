import type { HostTensors, Signature, TensorFunction } from '../engine/engine.js';
import type { Random } from '../random.js';
import type { OwnThreshold } from './detector.js';
import type { Served } from './served.js';
import type { ValueShape } from './values/valueNetwork.js';

/**
 * What a sequence model is to the toolkit. To add one: write a file like `logbert/logbert.ts` that makes such an object,
 * and name it in `registry.ts`. Everything else (batches, training, checkpoints, scoring, thresholds, reports, export)
 * is shared. Shapes: B rows, T tokens; keys are vocabulary keys (src/data/vocabulary.ts).
 *
 * A sequence reaches the model as one or more rows of batches. What a row holds is the model's own: the sequence or a piece
 * of it, or a window of keys and the key behind it.
 */
export interface SequenceModel {
  /** Trainable parameters at the start of training, in a fixed order. */
  parameters(random: Random): HostTensors;
  /** Tensors that are read but not trained, such as the centre of the hypersphere; saved with the parameters. */
  state(): HostTensors;
  /** State that is re-estimated after each epoch: the mean over the epoch of a loss output [D], by name of the state. */
  readonly averages: Readonly<Record<string, string>>;

  /**
   * The rows of a sequence, which tell of its events in order, each event in one row and the end in the last. Equal rows are
   * scored once.
   */
  cut(sequence: Int32Array): Iterable<Int32Array>;
  /** Whether its rows have the pauses before the events beside their keys (timedKeys.ts). */
  readonly timed?: boolean;
  /** Whether rows that differ in the order of their keys alone are one to it, each holding a key an event; they are scored once. */
  readonly unordered?: boolean;
  /** A network of the events' quantities that is trained beside it, and how far from what it predicts is abnormal. */
  readonly values?: ValueShape & { readonly interval: number };
  /** The key that an event is taken for whose template training never saw, by its text; without this it is [UNK]. */
  match?(text: string): number;
  /** How many events of its sequence a row tells of; none if it tells of the end alone. */
  events(row: Int32Array): number;
  /** Tokens that a row takes in a batch, with those that the model adds; a batch holds rows of about one length. */
  tokens(row: Int32Array): number;

  /** Computes `loss`, a scalar that is the mean over the batch, from the parameters, the state and a batch. */
  readonly loss: TensorFunction;
  /** Shapes of what `trainingBatch` gives. */
  readonly lossInputs: Signature;
  /** One batch of shape B x T from at most B rows of at most T tokens; what is missing weighs nothing. */
  trainingBatch(rows: readonly Int32Array[], B: number, T: number, random: Random): HostTensors;

  /** Computes what `readScores` reads, from the parameters, the state and a batch. */
  readonly score: TensorFunction;
  /** Shapes of what `scoringBatch` gives. */
  readonly scoreInputs: Signature;
  /** Rows in a full batch of scoring: where more gain nothing. */
  readonly scoringRows: number;
  /** Rounds that scoring takes for a batch of these rows. */
  rounds(rows: readonly Int32Array[]): number;
  /** One batch for a round of scoring, with the keys to be told as `targets`, row by row; a pure function of its arguments. */
  scoringBatch(rows: readonly Int32Array[], B: number, T: number, round: number): HostTensors;
  /** Adds the results of one round to the tallies of its rows. */
  tally(outputs: HostTensors, batch: HostTensors, tallies: readonly Tally[]): void;
  /** The scores of a session; each is higher the more anomalous the session is. The first is the default. */
  summarize(tally: Tally): Record<string, number>;
  /** The published rule for the first score, where it needs neither labels nor a choice. */
  readonly threshold?: OwnThreshold;
  /**
   * Scoring as one function, which is what an export computes; it gives what `score` and `summarize` give. A model
   * without it can be exported as a bundle only.
   * @param score the one of the scores that becomes its output `score`
   * @returns undefined where that score can't be computed so
   */
  served?(score: string): Served | undefined;
}

/** What training needs to know of a model. */
export type Trainable = Pick<
  SequenceModel,
  'parameters' | 'state' | 'averages' | 'tokens' | 'loss' | 'lossInputs' | 'trainingBatch'
>;

/** What scoring found out about a sequence (or a row of one) of `length` events: entry i of each array is of event i, entry `length` of its end. */
export interface Tally {
  readonly length: number;
  /** How often each event was masked or, by a model that masks nothing, predicted. */
  readonly masked: Uint16Array;
  /** How often each event was not among the likeliest keys then. */
  readonly misses: Uint16Array;
  /** Sum over those times of each event's negative log-likelihood, in nats. */
  readonly surprise: Float32Array;
  /** Sum over those times of the number of keys that were likelier; Infinity of an event that training never saw. */
  readonly rank: Float32Array;
  /** Sum over those times of the entropy of what was expected, in nats. */
  readonly entropy: Float32Array;
  /** The likeliest key in the place of each event, the last time. */
  readonly expected: Int32Array;
  /** Sum and number of the squared distances to the centre. */
  distance: number;
  rounds: number;
}

/** What a tally says of each event. */
export const EVENT_PARTS = ['masked', 'misses', 'rank', 'surprise', 'entropy', 'expected'] as const;

/** Settings that every model is made with, beside its own. */
export interface ModelContext {
  readonly vocabularySize: number;
  readonly seed: number;
  /** Rounds of masking, for models that mask. */
  readonly rounds: number;
  /** (V) the text of each key's template, for models that read it; undefined where none is known. */
  readonly texts: readonly (string | undefined)[];
}

export function newTally(length: number): Tally {
  return {
    length,
    masked: new Uint16Array(length + 1),
    misses: new Uint16Array(length + 1),
    surprise: new Float32Array(length + 1),
    rank: new Float32Array(length + 1),
    entropy: new Float32Array(length + 1),
    expected: new Int32Array(length + 1).fill(-1),
    distance: 0,
    rounds: 0,
  };
}

/** What a model predicts in the place of events: an entry each. */
export type EventOutputs = Record<'nll' | 'entropy' | 'rank' | 'expected', { data: ArrayLike<number> }>;

/**
 * Adds to event i of the tally what entry `at` of the outputs says.
 * @param known whether training saw the event's key; one that it never saw is a miss whatever the model thinks of [UNK]
 */
export function tallyEvent(
  tally: Tally,
  i: number,
  outputs: EventOutputs,
  at: number,
  { topG, known }: { topG: number; known: boolean },
): void {
  const rank = known ? outputs.rank.data[at] : Infinity;
  tally.masked[i]++;
  tally.surprise[i] += outputs.nll.data[at];
  tally.entropy[i] += outputs.entropy.data[at];
  tally.rank[i] += rank;
  tally.expected[i] = outputs.expected.data[at];
  if (rank >= topG) tally.misses[i]++;
}

/** Names of a model's scores; the first is the default. */
export function scoresOf(model: SequenceModel): string[] {
  return Object.keys(model.summarize(newTally(0)));
}
