import type { FittedDetector } from '../model/detector.js';
import { sessionsOf } from '../model/detectors/countVector.js';
import { createDetector } from '../model/registry.js';
import type { Events, Span } from './events.js';
import type { Sighting } from './finding.js';
import { mergedQuantiles, quantiles } from './quantiles.js';
import { rarityBits } from './rules/rule.js';
import { type OpenSession, openBefore } from './rules/sessions.js';
import { type Sequence, sequencesOf } from './sequences.js';

/** A fitted detector of whole sessions and what scores it gave to sessions that it hadn't learnt. */
export interface SessionModel {
  /** `model` of the settings. */
  model: { name: string };
  state: unknown;
  /** Lines of a window where the log has no sessions. */
  windowLines: number;
  /** Scores of the last part of the training span, ascending; at most a thousand of them. */
  scores: number[];
  /** How many sessions they stand for. */
  sessions: number;
}

const DETECTOR = { name: 'count-vector' };
const SEED = 42;
/** Part of the sessions that the scores of the rest are judged by. */
const LEARNT = 2 / 3;
/** Most bits: that a session is unlike all others says less than what is unlike. */
const MOST = 6;
const LEAST = 3;

/** Fits the count-vector detector to the sessions of the training span. */
export async function fitSessionModel(events: Events, span: Span, windowLines: number): Promise<SessionModel> {
  const detector = await createDetector(DETECTOR, { seed: SEED });
  const sequences = sequencesOf(events, span, windowLines).map((sequence) => sequence.events);
  const border = Math.floor(sequences.length * LEARNT);
  const first = detector.open(detector.fit({ train: sequences.slice(0, border), validation: [] }));
  // Where nothing was learnt everything is infinitely far.
  const scores = sequences
    .slice(border)
    .map((sequence) => scoreOf(first.score(sequence)))
    .filter(Number.isFinite);
  return {
    model: DETECTOR,
    state: detector.fit({ train: sequences, validation: [] }),
    windowLines,
    scores: quantiles(scores),
    sessions: scores.length,
  };
}

/**
 * Learns on: the sessions that were learnt stay references beside the new ones, whose distances, taken before they are
 * learnt, tell with the earlier ones what is usual.
 * @param open sessions that had begun before the log, which are learnt whole
 */
export async function extendSessionModel(
  events: Events,
  span: Span,
  known: SessionModel,
  open: Readonly<Record<string, OpenSession>>,
): Promise<SessionModel> {
  const detector = await createDetector(known.model, { seed: SEED });
  const sequences = sequencesOf(events, span, known.windowLines).map((sequence) => continued(sequence, events, open));
  const scores = scoresOf(sequences, detector.open(known.state)).filter(Number.isFinite);
  const train = [...sessionsOf(known.state), ...sequences.map((sequence) => sequence.events)];
  return {
    ...known,
    state: detector.fit({ train, validation: [] }),
    scores: mergedQuantiles(known, { scores: quantiles(scores), sessions: scores.length }),
    sessions: known.sessions + scores.length,
  };
}

/**
 * Sessions that are farther from all that was learnt than any session of the last part of training, and than nearly
 * all others of this log: what many sessions do now is a change, and no oddity of one of them.
 */
export async function unusualSessions(
  events: Events,
  span: Span,
  fitted: SessionModel,
  open: Readonly<Record<string, OpenSession>>,
): Promise<Sighting[]> {
  const detector = (await createDetector(fitted.model, { seed: SEED })).open(fitted.state);
  const sequences = sequencesOf(events, span, fitted.windowLines).map((sequence) => continued(sequence, events, open));
  const scores = scoresOf(sequences, detector);
  const now = quantiles(scores);
  const farthest = fitted.scores.at(-1) ?? 0;
  return sequences.flatMap((sequence, i): Sighting[] => {
    const score = scores[i];
    if (score <= farthest) return [];
    const known = rarityBits(shareAbove(fitted.scores, score) * fitted.sessions, fitted.sessions);
    const here = rarityBits(shareAbove(now, score) * sequences.length, sequences.length);
    const bits = Math.min(MOST, known, here);
    return bits >= LEAST ? [sightingOf(sequence, score, bits, fitted, detector)] : [];
  });
}

/** A session with the events that it had before the log began; their order is lost, but only counts are looked at. */
function continued(sequence: Sequence, { time }: Events, open: Readonly<Record<string, OpenSession>>): Sequence {
  const session = openBefore(open, sequence.id, time[sequence.rows[0]]);
  if (!session) return sequence;
  const before = Object.entries(session.counts).flatMap(([template, n]) => new Array(n).fill(Number(template)));
  return { ...sequence, events: Int32Array.from([...sequence.events, ...before]) };
}

/** The first score of each sequence; sequences with equal counts are scored once. */
function scoresOf(sequences: readonly Sequence[], detector: FittedDetector): number[] {
  const known = new Map<string, number>();
  return sequences.map(({ events }) => {
    const key = events.slice().sort().join();
    const score = known.get(key) ?? scoreOf(detector.score(events));
    known.set(key, score);
    return score;
  });
}

function sightingOf(
  sequence: Sequence,
  score: number,
  bits: number,
  { scores }: SessionModel,
  detector: FittedDetector,
): Sighting {
  const { id, session } = sequence;
  const { template, rows } = strangest(sequence, detector);
  return {
    kind: 'session',
    template,
    shape: '',
    rows,
    bits,
    found: `${session < 0 ? 'a stretch of lines' : `session ${id}`} whose events are ${score.toFixed(1)} away from any known`,
    expected: `at most ${(scores.at(-1) ?? 0).toFixed(1)}, as in the last third of training`,
    session: session < 0 ? undefined : session,
  };
}

/** The template that adds most to the score, with its rows; where what is missing adds more, the last row. */
function strangest({ events, rows }: Sequence, detector: FittedDetector): { template: number; rows: number[] } {
  const { events: shares, missing } = detector.explain(events);
  const sums = new Map<number, number>();
  events.forEach((template, i) => {
    sums.set(template, (sums.get(template) ?? 0) + shares[i]);
  });
  const [template, most] = [...sums].reduce((a, b) => (b[1] > a[1] ? b : a));
  if (missing.score > most) return { template: missing.template, rows: rows.slice(-1) };
  const own = rows.filter((_, i) => events[i] === template);
  return { template, rows: own.length > 0 ? own : rows.slice(-1) };
}

function scoreOf(scores: Record<string, number>): number {
  return Object.values(scores)[0];
}

/** Share of the ascending scores that are as high. */
export function shareAbove(scores: readonly number[], score: number): number {
  const first = scores.findIndex((other) => other >= score);
  return first < 0 ? 0 : (scores.length - first) / scores.length;
}
