import type { Vocabulary } from '../data/vocabulary.js';

import { type Checkpoint, requireSameVocabulary } from './checkpoint.js';
import type { SequenceModel } from './model.js';
import { createModel } from './registry.js';

/** A trained model with what it is used with; a run folder and a bundle hold the same. */
export interface Trained {
  readonly checkpoint: Checkpoint;
  readonly vocabulary: Vocabulary;
  readonly seed: number;
  readonly rounds: number;
}

/**
 * The model that a checkpoint holds.
 * @param next the command that mends it
 * @throws UserError when it was trained with another vocabulary
 */
export function modelOf({ checkpoint, vocabulary, seed, rounds }: Trained, next: string): Promise<SequenceModel> {
  requireSameVocabulary(checkpoint, vocabulary.templates, next);
  return createModel(checkpoint.model, { vocabularySize: vocabulary.size, seed, rounds });
}
