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
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a] || of[a] - of[b] || a - b);
  const found = { scores: [] as number[], anomalies: [] as number[], normal: [] as number[] };
  order.forEach((i, k) => {
    const before = order[k - 1];
    if (k === 0 || of[i] !== of[before] || scores[i] !== scores[before]) {
      found.scores.push(scores[i]);
      found.anomalies.push(0);
      found.normal.push(0);
    }
    if (labels[i] === 1) found.anomalies[found.anomalies.length - 1]++;
    else if (labels[i] === 0) found.normal[found.normal.length - 1]++;
  });
  return {
    scores: Float64Array.from(found.scores),
    anomalies: Uint32Array.from(found.anomalies),
    normal: Uint32Array.from(found.normal),
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
