import { EXCLUDED, type Sessions, TEST } from '../data/sessions.js';
import type { SequenceCounts } from './bootstrap.js';

/** The first session of each distinct sequence, and of each label that it comes with. */
export function firstOfEach(of: Uint32Array, labels: Int8Array, counted: Uint32Array): Uint32Array {
  const known = new Set<number>();
  return counted.filter((i) => {
    const key = 3 * of[i] + labels[i] + 1;
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
}

/**
 * Sums sessions of equal sequence and score, highest score first.
 * @param scores, labels, of: of the sessions that count
 */
export function sequenceCounts(scores: Float64Array, labels: Int8Array, of: Uint32Array): SequenceCounts {
  const groups = new Map<number | string, { score: number; of: number; anomalies: number; normal: number }>();
  scores.forEach((score, i) => {
    // Only scores from elsewhere differ where sequences don't.
    const usual = groups.get(of[i]);
    const key = usual === undefined || usual.score === score ? of[i] : `${of[i]} ${score}`;
    const group = groups.get(key) ?? { score, of: of[i], anomalies: 0, normal: 0 };
    groups.set(key, group);
    if (labels[i] === 1) group.anomalies++;
    else if (labels[i] === 0) group.normal++;
  });
  const sorted = [...groups.values()].sort((a, b) => b.score - a.score || a.of - b.of);
  return {
    scores: Float64Array.from(sorted, ({ score }) => score),
    anomalies: Uint32Array.from(sorted, ({ anomalies }) => anomalies),
    normal: Uint32Array.from(sorted, ({ normal }) => normal),
  };
}

/** Counts the events of the counted sessions that no session of training or validation has. */
export function countUnseenEvents({ splits, offsets, events }: Sessions, counted: Uint32Array) {
  const seen = new Set<number>();
  splits.forEach((split, i) => {
    if (split === TEST || split === EXCLUDED) return;
    for (let at = offsets[i]; at < offsets[i + 1]; at++) seen.add(events[at]);
  });
  const templates = new Set<number>();
  const found = { templates: 0, events: 0, sessions: 0 };
  for (const i of counted) {
    const before = found.events;
    for (let at = offsets[i]; at < offsets[i + 1]; at++) {
      if (seen.has(events[at])) continue;
      templates.add(events[at]);
      found.events++;
    }
    if (found.events > before) found.sessions++;
  }
  return { ...found, templates: templates.size };
}
