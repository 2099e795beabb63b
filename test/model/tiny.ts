import { Vocabulary } from '../../src/data/vocabulary.js';
import { logbert } from '../../src/model/logbert/logbert.js';
import { type LogbertSettings, logbertSettings } from '../../src/model/logbert/settings.js';
import type { ModelContext, SequenceModel } from '../../src/model/model.js';
import { Random } from '../../src/random.js';

export const TINY = { hidden: 16, layers: 2, heads: 2, feedForward: 24, maxLength: 64 } as const;
export const CONTEXT: ModelContext = { vocabularySize: Vocabulary.SPECIALS + 6, seed: 7, rounds: 4 };

/** A LogBERT small enough for every engine. */
export function tinyLogbert(own: Partial<LogbertSettings> = {}): SequenceModel {
  return logbert(logbertSettings.parse({ ...TINY, ...own }), CONTEXT);
}

/** Sequences with a grammar that can be learnt: 0 1 … 1 2, with an optional 3 before the end. */
export function sequences(count: number, seed = 1): Int32Array[] {
  const random = new Random('sequences', seed);
  return Array.from({ length: count }, () => {
    const middle = Array.from({ length: 2 + random.int(6) }, () => 1);
    const events = [0, ...middle, ...(random.next() < 0.3 ? [3] : []), 2];
    return Int32Array.from(events, (event) => Vocabulary.SPECIALS + event);
  });
}
