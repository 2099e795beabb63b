import { distinctSequences, NOT_INCLUDED } from '../data/distinct.js';
import { loadSessions, TEST } from '../data/sessions.js';
import type { RunFolder } from '../run/folder.js';
import { readScores } from '../score/scores.js';

/** A sequence of template ids with the score that the toolkit gave it. */
export interface ExpectedScore {
  readonly templates: readonly number[];
  readonly score: number;
}

/** Different test sequences of a run, spread evenly over all of them, with their scores. */
export async function expectedScores(run: RunFolder, count = 20): Promise<ExpectedScore[]> {
  const sessions = await loadSessions(run);
  const { values } = await readScores(await run.require('scores'), sessions.ids);
  const { sequences, of } = distinctSequences(sessions, (i) => sessions.splits[i] === TEST && !Number.isNaN(values[i]));
  const scores = new Float64Array(sequences.length);
  of.forEach((sequence, i) => {
    if (sequence !== NOT_INCLUDED) scores[sequence] = values[i];
  });
  const chosen = Math.min(count, sequences.length);
  return Array.from({ length: chosen }, (_, i) => {
    const at = Math.floor((i * sequences.length) / chosen);
    return { templates: Array.from(sequences[at]), score: scores[at] };
  });
}
