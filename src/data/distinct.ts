import type { Sessions } from './sessions.js';

/** Index of a session that was not included. */
export const NOT_INCLUDED = 0xffffffff;

/** The different event sequences among sessions, in order of first appearance. */
export interface Distinct {
  sequences: Int32Array[];
  /** The pauses before the events of each, where they count. */
  pauses?: Uint8Array[];
  /** (sessions) index in `sequences`; NOT_INCLUDED for a session left out. */
  of: Uint32Array;
  /** (sequences) how many sessions have it. */
  counts: Uint32Array;
}

/**
 * Finds equal sessions, so that each distinct sequence is scored once.
 * @param pauses (events) classes of pauses, where sessions differ that differ in them
 */
export function distinctSequences(
  sessions: Pick<Sessions, 'ids' | 'offsets' | 'events'>,
  include: (session: number) => boolean,
  pauses?: Uint8Array,
): Distinct {
  const { ids, offsets, events } = sessions;
  const bytes = Buffer.from(events.buffer, events.byteOffset, events.byteLength);
  const known = new Map<string, number>();
  const sequences: Int32Array[] = [];
  const times: Uint8Array[] = [];
  const of = new Uint32Array(ids.length).fill(NOT_INCLUDED);
  for (let i = 0; i < ids.length; i++) {
    if (!include(i)) continue;
    // The bytes as a one-byte string: an exact key that V8 hashes natively.
    const time = pauses?.subarray(offsets[i], offsets[i + 1]);
    const key = bytes.toString('latin1', offsets[i] * 4, offsets[i + 1] * 4) + (time ? latin1(time) : '');
    let index = known.get(key);
    if (index === undefined) {
      index = sequences.length;
      known.set(key, index);
      sequences.push(events.subarray(offsets[i], offsets[i + 1]));
      if (time) times.push(time);
    }
    of[i] = index;
  }
  return { sequences, ...(pauses ? { pauses: times } : {}), of, counts: countsOf(of, sequences.length) };
}

function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}

function countsOf(of: Uint32Array, distinct: number): Uint32Array {
  const counts = new Uint32Array(distinct);
  for (const index of of) if (index !== NOT_INCLUDED) counts[index]++;
  return counts;
}
