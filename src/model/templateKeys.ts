import type { Vocabulary } from '../data/vocabulary.js';
import type { SequenceModel } from './model.js';

/**
 * The key that a model reads for a template; one that training never saw is [UNK], or what the model takes it for.
 * @param texts of templates, by id, for a model that goes by them
 */
export function templateKeys(
  model: Pick<SequenceModel, 'match'>,
  vocabulary: Vocabulary,
  texts: ReadonlyMap<number, string> = new Map(),
): (template: number) => number {
  const matched = new Map<number, number>();
  return (template) => {
    const text = model.match && !vocabulary.has(template) ? texts.get(template) : undefined;
    if (text === undefined) return vocabulary.encode(template);
    const key = matched.get(template) ?? model.match!(text);
    matched.set(template, key);
    return key;
  };
}
