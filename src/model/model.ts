import type { HostTensors, Signature, TensorFunction } from '../engine/engine.js';
import type { Random } from '../random.js';

/**
 * What a sequence model is to the toolkit. To add one: write a file like `logbert/logbert.ts` that makes such an object,
 * and name it in `registry.ts`. Everything else (batches, training, checkpoints, scoring, thresholds, reports, export)
 * is shared. Shapes: B sequences, T tokens; keys are vocabulary keys (src/data/vocabulary.ts).
 */
export interface SequenceModel {
  /** Trainable parameters at the start of training, in a fixed order. */
  parameters(random: Random): HostTensors;
  /** Tensors that are read but not trained, such as the centre of the hypersphere; saved with the parameters. */
  state(): HostTensors;
  /** State that is re-estimated after each epoch: the mean over the epoch of a loss output [D], by name of the state. */
  readonly averages: Readonly<Record<string, string>>;
  /** Tokens that the model adds to a sequence, such as [DIST] at its head. */
  readonly extraTokens: number;
  /** Longest input in tokens, `extraTokens` included; longer sequences are cut into pieces. */
  readonly maxTokens: number;

  /** Computes `loss`, a scalar that is the mean over the batch, from the parameters, the state and a batch. */
  readonly loss: TensorFunction;
  /** Shapes of what `trainingBatch` gives. */
  readonly lossInputs: Signature;
  /** One batch: `rows` sequences of at most `tokens` tokens; missing sequences are empty rows that weigh nothing. */
  trainingBatch(sequences: readonly Int32Array[], rows: number, tokens: number, random: Random): HostTensors;

  /** Computes what `readScores` reads, from the parameters, the state and a batch. */
  readonly score: TensorFunction;
  /** Shapes of what `scoringBatch` gives. */
  readonly scoreInputs: Signature;
  /** One batch for a round of scoring; a pure function of its arguments. */
  scoringBatch(sequences: readonly Int32Array[], rows: number, tokens: number, round: number): HostTensors;
  /** Adds the results of one round to the tallies of its sequences. */
  tally(outputs: HostTensors, batch: HostTensors, tallies: readonly Tally[]): void;
  /** The scores of a session; each is higher the more anomalous the session is. The first is the default. */
  summarize(tally: Tally): Record<string, number>;
}

/** What scoring found out about a sequence of `length` events: entry i of each array is of event i, entry `length` of its end. */
export interface Tally {
  readonly length: number;
  /** How often each event was masked. */
  readonly masked: Uint16Array;
  /** How often each event was not among the likeliest keys when masked. */
  readonly misses: Uint16Array;
  /** Sum over its maskings of each event's negative log-likelihood, in nats. */
  readonly surprise: Float32Array;
  /** The likeliest key in the place of each event, at its last masking. */
  readonly expected: Int32Array;
  /** Sum and number of the squared distances to the centre. */
  distance: number;
  rounds: number;
}

/** Settings that every model is made with, beside its own. */
export interface ModelContext {
  readonly vocabularySize: number;
  readonly seed: number;
  readonly rounds: number;
}

export function newTally(length: number): Tally {
  return {
    length,
    masked: new Uint16Array(length + 1),
    misses: new Uint16Array(length + 1),
    surprise: new Float32Array(length + 1),
    expected: new Int32Array(length + 1).fill(-1),
    distance: 0,
    rounds: 0,
  };
}
