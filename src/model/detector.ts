/**
 * What a detector is to the toolkit: a model that is fitted in one go, without tensors and epochs. To add one: write a
 * file like `detectors/countVector.ts` that makes such an object, and name it in `registry.ts`. Scores, thresholds,
 * baselines and report are those of the sequence models. A sequence is an Int32Array of template ids, -1 for an event
 * that matched none; a detector learns which of them are known, from validation sessions too.
 */
export interface Detector {
  /** Learns from normal sequences. The state is plain JSON; equal sequences give equal states. */
  fit(training: TrainingSequences): unknown;
  /**
   * Makes a fitted detector from its state.
   * @throws when the state isn't one that `fit` gave
   */
  open(state: unknown): FittedDetector;
}

/** Normal sequences in the order of their sessions, repeated ones included. */
export interface TrainingSequences {
  readonly train: readonly Int32Array[];
  /** The last of them, for what has to be chosen; may be empty. */
  readonly validation: readonly Int32Array[];
}

export interface FittedDetector {
  /** The detector's own rule for its first score, if it has one; it has seen no label and no test session. */
  readonly threshold?: OwnThreshold;
  /** The scores of a sequence; each is finite, and higher the more anomalous the sequence is. The first is the default. */
  score(sequence: Int32Array): Record<string, number>;
  /** What each event adds to the first score. */
  explain(sequence: Int32Array): Explanation;
}

/** A sequence whose first score exceeds `value` is an alert. */
export interface OwnThreshold {
  /** How it was chosen, in words. */
  rule: string;
  value: number;
}

/** Names of a detector's scores; the first is the default. */
export function scoreNames(detector: FittedDetector): string[] {
  return Object.keys(detector.score(new Int32Array()));
}

export interface Explanation {
  /** (length) what each event adds to the score. */
  events: Float64Array;
  /** What is missing altogether: what that adds, and the template most missed (-1 for none). */
  missing: { score: number; template: number };
}

/** Settings that every detector is made with, beside its own. */
export interface DetectorContext {
  readonly seed: number;
}
