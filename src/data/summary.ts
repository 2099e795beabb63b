import { distinctSequences } from './distinct.js';
import type { LineCounts } from './logSessions.js';
import { type Sessions, SPLITS, type Split } from './sessions.js';
import type { Windowing } from './windowing.js';

export interface PartCounts {
  sessions: number;
  normal: number;
  anomalies: number;
  unlabelled: number;
  events: number;
  /** Different sequences of events. */
  distinct: number;
}

/** What `logbert sessions` tells. */
export interface SessionsSummary {
  source: 'log' | 'keys';
  /** `files`: the key files are the split. */
  protocol: 'strict' | 'paper' | 'files';
  window: Windowing['window'];
  sessions: number;
  events: number;
  distinct: number;
  /** Sessions that an end of the log may have cut. */
  open: number;
  splits: Record<Split, PartCounts>;
  /** Events of a session. */
  lengths: { min: number; median: number; mean: number; max: number };
  /** Labels that name no session. */
  unusedLabels: number;
  /** Sessions with events on both sides of the border. */
  straddlers?: number;
  lines?: LineCounts;
}

export type SessionCounts = Pick<SessionsSummary, 'sessions' | 'events' | 'distinct' | 'open' | 'splits' | 'lengths'>;

/** Counts what a set of sessions holds. */
export function countSessions(sessions: Sessions): SessionCounts {
  const { ids, labels, splits, offsets, events } = sessions;
  const { of, sequences } = distinctSequences(sessions, () => true);
  const parts = SPLITS.map(emptyPart);
  const seen = SPLITS.map(() => new Uint8Array(sequences.length));
  for (let i = 0; i < ids.length; i++) {
    const part = parts[splits[i]];
    part.sessions++;
    part[labels[i] === 1 ? 'anomalies' : labels[i] === 0 ? 'normal' : 'unlabelled']++;
    part.events += offsets[i + 1] - offsets[i];
    part.distinct += 1 - seen[splits[i]][of[i]];
    seen[splits[i]][of[i]] = 1;
  }
  return {
    sessions: ids.length,
    events: events.length,
    distinct: sequences.length,
    open: sessions.open?.reduce((sum, open) => sum + open, 0) ?? 0,
    splits: Object.fromEntries(SPLITS.map((split, i) => [split, parts[i]])) as Record<Split, PartCounts>,
    lengths: lengthsOf(offsets),
  };
}

function emptyPart(): PartCounts {
  return { sessions: 0, normal: 0, anomalies: 0, unlabelled: 0, events: 0, distinct: 0 };
}

function lengthsOf(offsets: Uint32Array): SessionsSummary['lengths'] {
  const count = offsets.length - 1;
  const sorted = Uint32Array.from({ length: count }, (_, i) => offsets[i + 1] - offsets[i]).sort();
  const middle = count >> 1;
  const median = count % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { min: sorted[0], median, mean: offsets[count] / count, max: sorted[count - 1] };
}
