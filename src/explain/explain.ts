import { readFile } from 'node:fs/promises';
import type { Settings } from '../config/schema.js';
import { distinctSequences } from '../data/distinct.js';
import { END_OF_SESSION, loadSessions, type Sessions, SPLITS, type Split } from '../data/sessions.js';
import { templateTexts } from '../data/vocabulary.js';
import { openSessionScorer } from '../model/mix.js';
import { chosenScore } from '../model/predict.js';
import { detailsFor, type Expected, numbersOf, type Scored, type SessionScorer } from '../model/sessionScorer.js';
import type { Told } from '../model/values/quantities.js';
import { LineStore, type RawLine } from '../parse/rawLines/lineStore.js';
import type { Progress } from '../progress.js';
import type { RunFolder } from '../run/folder.js';
import type { Result } from '../score/result.js';
import type { Threshold } from '../score/threshold.js';
import { findSession } from './findSession.js';
import { type NearestNormal, nearestNormal } from './nearestNormal.js';

/** Keys that are told of in the place of each event. */
const EXPECTED = 3;

/** A session and what the trained model makes of it: `logbert explain`. */
export interface ExplainedSession {
  id: string;
  /** 1 anomaly, 0 normal, -1 unknown. */
  label: number;
  split: Split;
  model: string;
  /** The score that decides, and all of them. */
  score: { name: string; value: number };
  scores: Record<string, number>;
  /** The threshold of the last evaluation; null where there is none for this score. */
  threshold: Threshold | null;
  /** Whether the surprise is in nats, of a model that predicts events; of a detector it is what the event adds to the score. */
  predicts: boolean;
  /** Values of an event are abnormal beyond so many standard deviations; null of a model that reads none. */
  interval: number | null;
  events: ExplainedEvent[];
  /** What was found out about the end, or of a detector about what is missing; null where that was not asked. */
  end: Explained | null;
  nearest: NearestNormal | null;
  /** Text of each template that is named here, by id. */
  texts: Record<number, string>;
}

/** A place of a session. */
export interface Explained {
  /** Null where the event was never masked. */
  surprise: number | null;
  /** How often it was predicted, and how often missed. */
  predictions: number;
  misses: number;
  /** What the model held likeliest there, likeliest first; of a detector, at the end, what it misses most. */
  expected: (Omit<Expected, 'probability'> & { probability: number | null })[];
}

/** The values of an event, of a model that reads them. */
export interface ExplainedValues {
  /** How far the one that is farthest off is, in standard deviations of how far it usually is. */
  deviations: number;
  /** Each value in its unit, with what was predicted; `parameter` is its index, null the seconds since the event before. */
  told: Told[];
}

export interface ExplainedEvent extends Explained {
  /** -1: the line matched no template. */
  template: number;
  /** Null where it can't be read any more, and in a run from event keys. */
  line: RawLine | null;
  /** Null where the event has none. */
  values: ExplainedValues | null;
}

/**
 * Scores one session again with what was trained last, and gathers what a person needs to judge it.
 * @throws UserError when the run is not trained, or has no such session
 */
export async function explainSession(
  settings: Settings,
  run: RunFolder,
  asked: string,
  progress: Progress,
): Promise<ExplainedSession> {
  const sessions = await loadSessions(run);
  const session = findSession(sessions, asked);
  const sequence = sessions.events.slice(sessions.offsets[session], sessions.offsets[session + 1]);
  const { scorer, scored, expected } = await rescore(settings, run, sessions, session, progress);
  const name = chosenScore(scorer, settings.predict.score);
  const lines = await rawLines(run, sessions, session);
  const places = placesOf(scored, expected);
  const events = Array.from(sequence, (template, i) => {
    return { template, line: lines[i] ?? null, ...places[i], values: valuesOf(scored, i) };
  });
  const end = places[sequence.length];
  const nearest = nearestNormal(sessions, session) ?? null;
  return {
    id: sessions.ids[session],
    label: sessions.labels[session],
    split: SPLITS[sessions.splits[session]],
    model: scorer.model,
    score: { name, value: scored.scores[name] },
    scores: scored.scores,
    threshold: await lastThreshold(settings, run),
    predicts: expected !== undefined,
    interval: scorer.valued?.interval ?? null,
    events,
    end: end.predictions > 0 ? end : null,
    nearest,
    texts: textsOf([...events, end], nearest, await templateTexts(settings, run)),
  };
}

async function rescore(
  settings: Settings,
  run: RunFolder,
  sessions: Sessions,
  session: number,
  progress: Progress,
): Promise<{ scorer: SessionScorer; scored: Scored; expected: Expected[][] | undefined }> {
  const scorer = await openSessionScorer(settings, run, progress);
  try {
    const all = await detailsFor(scorer, sessions, numbersOf(run));
    const { sequences, details } = distinctSequences(sessions, (i) => i === session, all);
    const [scored] = await scorer.score(sequences, progress, details);
    return { scorer, scored, expected: await scorer.expected?.(sequences[0], EXPECTED, details?.[0]) };
  } finally {
    await scorer.dispose();
  }
}

/** One entry an event, and one for the end. */
function placesOf({ tally }: Scored, expected: Expected[][] | undefined): Explained[] {
  return Array.from(tally.masked, (predictions, i) => {
    const likeliest = tally.expected[i] === -1 ? [] : [{ template: tally.expected[i], probability: null }];
    return {
      surprise: predictions > 0 ? tally.surprise[i] / predictions : null,
      predictions,
      misses: tally.misses[i],
      expected: expected?.[i] ?? likeliest,
    };
  });
}

function valuesOf({ values }: Scored, event: number): ExplainedValues | null {
  if (!values || Number.isNaN(values.deviations[event])) return null;
  return { deviations: values.deviations[event], told: values.tell(event) };
}

/** From the copy in the run or from the log's files. */
async function rawLines(
  run: RunFolder,
  { rows, offsets }: Sessions,
  session: number,
): Promise<(RawLine | undefined)[]> {
  if (!rows || !run.has('lines')) return [];
  const store = await LineStore.open(run);
  try {
    return await store.read([...rows.subarray(offsets[session], offsets[session + 1])]);
  } finally {
    await store.close();
  }
}

/** Of an evaluation of the run's own scores that still stands. */
async function lastThreshold({ evaluate }: Settings, run: RunFolder): Promise<Threshold | null> {
  const stands = run.has('result') && (await run.fault('result')) === undefined && evaluate.scores === undefined;
  if (!stands) return null;
  const { threshold }: Result = JSON.parse(await readFile(await run.require('result'), 'utf8'));
  return threshold;
}

function textsOf(
  places: readonly (Explained & { template?: number })[],
  nearest: NearestNormal | null,
  texts: ReadonlyMap<number, string>,
): Record<number, string> {
  const named = places.flatMap(({ template, expected }) => [template ?? -1, ...expected.map((one) => one.template)]);
  const known = new Set([...named, ...(nearest?.events ?? [])]);
  const entries = [...known].flatMap((template) => {
    const text = template === END_OF_SESSION ? 'the end of the session' : texts.get(template);
    return text === undefined ? [] : [[template, text]];
  });
  return Object.fromEntries(entries);
}
