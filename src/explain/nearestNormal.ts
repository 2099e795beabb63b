import { align, type Place } from '../data/alignment.js';
import { distinctSequences } from '../data/distinct.js';
import { NearestSequence } from '../data/editDistance.js';
import { type Sessions, TRAIN, VALIDATION } from '../data/sessions.js';

/** The session that the model learnt from, or was validated on, which is most like another. */
export interface NearestNormal {
  id: string;
  /** Insertions, deletions and replacements between the two. */
  distance: number;
  /** Template ids; -1 matched no template. */
  events: number[];
  /** Both side by side, the explained session left; null where they are too long for that. */
  places: Place[] | null;
}

/** Undefined where no other normal session is on the training side. */
export function nearestNormal(sessions: Sessions, session: number): NearestNormal | undefined {
  const { ids, splits, labels, offsets, events } = sessions;
  const { sequences, of } = distinctSequences(
    sessions,
    (i) => i !== session && labels[i] !== 1 && (splits[i] === TRAIN || splits[i] === VALIDATION),
  );
  const own = events.subarray(offsets[session], offsets[session + 1]);
  const { distance, reference } = new NearestSequence(sequences).nearest(own);
  if (reference < 0) return undefined;
  return {
    id: ids[of.indexOf(reference)],
    distance,
    events: [...sequences[reference]],
    places: align(own, sequences[reference]) ?? null,
  };
}
