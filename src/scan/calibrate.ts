import type { Events } from './events.js';
import type { Kind } from './finding.js';
import { groupSightings } from './group.js';
import { judgeEvents, learnProfile, type Profile } from './profile.js';
import type { RuleContext } from './rules/rule.js';

/** Part of the training span that the rest is judged by. */
const LEARNT = 2 / 3;
/** Findings with fewer bits are none. */
const LEAST = 4;
/** Most bits that a kind loses. */
const MOST = 2;

export interface Calibrated {
  profile: Profile;
  /** First row of the part that was judged. */
  border: number;
  /** Scores of what was found in it, the highest first. */
  scores: number[];
}

/**
 * Learns a profile and how far each kind of finding is to be believed: the last third of the training span is judged by
 * the first two, and a kind that finds n things in it, though it is held normal, loses log2(1 + n) / 2 bits, at most
 * two: the training span may hold anomalies too.
 */
export function calibratedProfile(events: Events, context: RuleContext): Calibrated {
  const border = Math.floor(events.rows * LEARNT);
  const first = learnProfile(events, { from: 0, to: border });
  const sightings = judgeEvents(events, { from: border, to: events.rows }, first, context);
  const causes = groupSightings(sightings, events, context.text, {});
  const numbers: Partial<Record<Kind, number>> = {};
  for (const { kind, score } of causes) if (score >= LEAST) numbers[kind] = (numbers[kind] ?? 0) + 1;
  const discounts: Profile['discounts'] = {};
  for (const [kind, n] of Object.entries(numbers)) discounts[kind as Kind] = Math.min(MOST, Math.log2(1 + n) / 2);
  const profile = { ...learnProfile(events, { from: 0, to: events.rows }), discounts };
  const scores = causes.map(({ kind, score }) => score - (discounts[kind] ?? 0)).sort((a, b) => b - a);
  return { profile, border, scores };
}
