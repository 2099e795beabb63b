import type { HostTensors, Signature, Sums, TensorFunction } from '../engine/engine.js';

/**
 * What an export computes: from the keys of B sequences to their scores, everything that scoring does included. Besides its
 * inputs it reads the parameters, the state and the constants.
 *
 * Its outputs, with U = T events, and one unit for the end where the model predicts it (it stands behind the last event),
 * and V keys; what lies behind a sequence is 0:
 * `log_probabilities` [B, U, V] of each key in the place of an event, the mean over its predictions;
 * `negative_log_likelihood` [B, U] of the event that came, in nats;
 * `top_g_miss` [B, U], the share of its predictions that had it not among the g likeliest;
 * `distance` [B], squared, to the centre, where the model has one;
 * `score` [B], the one that decides.
 */
export interface Served {
  readonly fn: TensorFunction;
  readonly inputs: typeof SERVED_INPUTS;
  /** Tensors that are read but depend on nothing that was learnt, such as masks. */
  readonly constants: HostTensors;
  /** Sizes within the function that are T plus a number. */
  readonly sums: Sums;
  /** Events of the longest sequence that can be given; undefined where any can. */
  readonly maxEvents?: number;
  /** Whether the end of a sequence is a unit of its own. */
  readonly end: boolean;
}

/**
 * `keys` [B, T]: vocabulary keys of the events (src/data/vocabulary.ts), 0 behind the last one; `mask` [B, T]: 1 for an
 * event and 0 behind the last one.
 */
export const SERVED_INPUTS = {
  keys: { shape: ['B', 'T'], dtype: 'int32' },
  mask: { shape: ['B', 'T'], dtype: 'int32' },
} as const satisfies Signature;
