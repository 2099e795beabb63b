import { statSync } from 'node:fs';
import type { Stage } from '../run/artefacts.js';
import { inputFiles } from './inputFiles.js';
import type { Settings } from './schema.js';

/**
 * The part of the settings that a stage's artefacts depend on, input files with their size and time included.
 * A stage records it with what it writes; when it is equal and the artefacts are fresh, the stage needn't run again.
 */
export function partOf(stage: Stage, settings: Settings): Record<string, unknown> {
  const { input, split, sequences, seed } = settings;
  switch (stage) {
    case 'parse': {
      const { parser, workers: _workers, ...parse } = settings.parse;
      const { protocol, trainFraction } = split;
      const files = { log: inputFiles(input).map(stamp), parser: parser && stamp(parser) };
      const { format, year } = input;
      const { sessionId } = sequences;
      return { ...files, format, year, sessionId, drain: settings.drain, parse, protocol, trainFraction };
    }
    case 'sessions': {
      const keys = Object.values(input.keys ?? {}).map((files) => files.map(stamp));
      const labelledKeys = input.labelledKeys?.map(stamp);
      return { labels: input.labels && stamp(input.labels), keys, labelledKeys, split, sequences, seed };
    }
    case 'vocab':
      return { templates: input.templates && stamp(input.templates) };
    case 'train': {
      const { resume: _resume, ...train } = settings.train;
      return { model: settings.model, train, seed };
    }
    case 'predict':
      return { predict: settings.predict, seed };
    case 'evaluate': {
      const { scores, ...evaluate } = settings.evaluate;
      return { ...evaluate, scores: scores && stamp(scores), protocol: split.protocol };
    }
  }
}

/** Tells one state of a file from another, as `make` does. */
function stamp(path: string): { path: string; bytes?: number; modified?: number } {
  const found = path === '-' ? undefined : statSync(path, { throwIfNoEntry: false });
  return { path, bytes: found?.size, modified: found?.mtimeMs };
}
