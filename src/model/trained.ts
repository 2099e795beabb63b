import type { Vocabulary } from '../data/vocabulary.js';
import { Random } from '../random.js';
import { type Checkpoint, requireSameShapes, requireSameVocabulary } from './checkpoint.js';
import type { ModelContext, SequenceModel } from './model.js';
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
 * @throws UserError when it was trained with another vocabulary, or its tensors are not those of the model
 */
export async function modelOf({ checkpoint, vocabulary, seed, rounds }: Trained, next: string): Promise<SequenceModel> {
  requireSameVocabulary(checkpoint, vocabulary.templates, next);
  const model = await createModel(checkpoint.model, modelContext(vocabulary, seed, rounds));
  requireSameShapes(checkpoint, { ...model.parameters(new Random(seed, 'shapes')), ...model.state() }, next);
  return model;
}

/** What a model is made with, in training as in scoring. */
export function modelContext(vocabulary: Vocabulary, seed: number, rounds: number): ModelContext {
  const keys = Array.from({ length: vocabulary.size }, (_, key) => key);
  return { vocabularySize: vocabulary.size, seed, rounds, texts: keys.map((key) => vocabulary.text(key)) };
}
