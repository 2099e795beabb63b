import type { Sessions } from './sessions.js';

/** Index of a session that was not included. */
export const NOT_INCLUDED = 0xffffffff;

/** What is told of each event beside its template: `width` numbers, in the order of the events. */
export interface Details {
  readonly width: number;
  readonly data: EventDetails;
}

/** Classes of pauses (pauses.ts), or quantities. */
export type EventDetails = Uint8Array | Float32Array;

/** The different event sequences among sessions, in order of first appearance. */
export interface Distinct {
  sequences: Int32Array[];
  /** The details of the events of each, where they count. */
  details?: EventDetails[];
  /** (sessions) index in `sequences`; NOT_INCLUDED for a session left out. */
  of: Uint32Array;
  /** (sequences) how many sessions have it. */
  counts: Uint32Array;
}

/**
 * Finds equal sessions, so that each distinct sequence is scored once.
 * @param details where sessions differ that differ in them
 */
export function distinctSequences(
  sessions: Pick<Sessions, 'ids' | 'offsets' | 'events'>,
  include: (session: number) => boolean,
  details?: Details,
): Distinct {
  const { ids, offsets, events } = sessions;
  const bytes = Buffer.from(events.buffer, events.byteOffset, events.byteLength);
  const known = new Map<string, number>();
  const sequences: Int32Array[] = [];
  const all: EventDetails[] = [];
  const of = new Uint32Array(ids.length).fill(NOT_INCLUDED);
  for (let i = 0; i < ids.length; i++) {
    if (!include(i)) continue;
    // The bytes as a one-byte string: an exact key that V8 hashes natively.
    const own = details?.data.subarray(offsets[i] * details.width, offsets[i + 1] * details.width);
    const key = bytes.toString('latin1', offsets[i] * 4, offsets[i + 1] * 4) + (own ? latin1(own) : '');
    let index = known.get(key);
    if (index === undefined) {
      index = sequences.length;
      known.set(key, index);
      sequences.push(events.subarray(offsets[i], offsets[i + 1]));
      if (own) all.push(own);
    }
    of[i] = index;
  }
  return { sequences, ...(details ? { details: all } : {}), of, counts: countsOf(of, sequences.length) };
}

function latin1({ buffer, byteOffset, byteLength }: EventDetails): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}

function countsOf(of: Uint32Array, distinct: number): Uint32Array {
  const counts = new Uint32Array(distinct);
  for (const index of of) if (index !== NOT_INCLUDED) counts[index]++;
  return counts;
}
