import { readFile } from 'node:fs/promises';
import { END_OF_SESSION, type Sessions } from '../../data/sessions.js';
import { templatesFromCsv } from '../../parse/drain/templateTable.js';
import { LineStore, type RawLine } from '../../parse/rawLines/lineStore.js';
import type { RunFolder } from '../../run/folder.js';
import type { Evaluation } from '../evaluation.js';
import type { Scores } from '../scores.js';
import { type EventScores, readEventScores } from './eventScores.js';

/** Distinct sequences that the report tells of. */
const TOP = 20;

/** Longer sessions are told of by their most surprising events, and by both ends. */
const SHOWN_EVENTS = 80;
const SHOWN_ENDS = 5;

/** Sessions with the same sequence of events, told of by the first of them. */
export interface AnomalyGroup {
  id: string;
  score: number;
  isAlert: boolean;
  /** How many test sessions have this sequence, by label. */
  sessions: { anomaly: number; normal: number; unlabelled: number };
  /** Events in the session, of which `events` are shown. */
  length: number;
  events: AnomalyEvent[];
  /** What the model found about the session's end, where it scores that. */
  end: Expectation | undefined;
}

/** What was expected in a place, and how surprising what stands there is. */
export interface Expectation {
  /** In nats; null if it isn't known. */
  surprise: number | null;
  /** Text of what the model holds likeliest there, when that is something else. */
  expected: string | undefined;
}

export interface AnomalyEvent extends Expectation {
  /** In the session, from 0. */
  position: number;
  /** -1: the line matched no template. */
  template: number;
  /** The template's text, if the run has templates. */
  templateText: string | undefined;
  /** The raw line, where it can still be read. */
  line: RawLine | undefined;
  /** How many standard deviations its values are off, where a model tells. */
  deviations?: number;
}

/** The distinct sequences with the highest scores, with raw lines and event scores where the run has them. */
export async function topAnomalies(
  run: RunFolder,
  sessions: Sessions,
  scores: Scores,
  evaluation: Evaluation,
): Promise<AnomalyGroup[]> {
  const top = highest(sessions, evaluation);
  const found = await eventScores(run, scores, top);
  const texts = await templateTexts(run);
  const shown = top.map((i, g) => shownEvents(eventsIn(sessions, i).length, found[g]));
  const lines = await rawLines(run, sessions, top, shown);
  const groups = countGroups(sessions, evaluation, top);
  return top.map((i, g) => ({
    id: sessions.ids[i],
    score: evaluation.detector.scores[i],
    isAlert: evaluation.detector.scores[i] > evaluation.detector.threshold.value,
    sessions: groups[g],
    length: eventsIn(sessions, i).length,
    events: shown[g].map((position, k) => eventAt(position, eventsIn(sessions, i), lines[g][k], texts, found[g])),
    end: endOf(eventsIn(sessions, i).length, texts, found[g]),
  }));
}

/** The first session of each of the `TOP` distinct sequences with the highest scores. */
function highest(sessions: Sessions, { counted, detector }: Evaluation): number[] {
  const order = counted.slice().sort((a, b) => detector.scores[b] - detector.scores[a] || a - b);
  const known = new Set<string>();
  const top: number[] = [];
  for (const i of order) {
    const key = eventsIn(sessions, i).join();
    if (known.has(key)) continue;
    known.add(key);
    if (top.push(i) === TOP) break;
  }
  return top;
}

function countGroups(sessions: Sessions, { counted, labels }: Evaluation, top: number[]): AnomalyGroup['sessions'][] {
  const groups = top.map(() => ({ anomaly: 0, normal: 0, unlabelled: 0 }));
  for (const i of counted) {
    const g = top.findIndex((first) => sameEvents(sessions, first, i));
    if (g >= 0) groups[g][labels[i] === 1 ? 'anomaly' : labels[i] === 0 ? 'normal' : 'unlabelled']++;
  }
  return groups;
}

function sameEvents({ offsets, events }: Sessions, a: number, b: number): boolean {
  const length = offsets[a + 1] - offsets[a];
  if (offsets[b + 1] - offsets[b] !== length) return false;
  for (let k = 0; k < length; k++) if (events[offsets[a] + k] !== events[offsets[b] + k]) return false;
  return true;
}

/** What the model found about the events of each of the sessions `top`; undefined where the run doesn't tell. */
async function eventScores(run: RunFolder, { sequences }: Scores, top: number[]): Promise<(EventScores | undefined)[]> {
  if (!sequences || !run.has('eventScores')) return top.map(() => undefined);
  const wanted = top.map((i) => sequences[i]);
  const found = await readEventScores(await run.require('eventScores'), wanted);
  return wanted.map((sequence) => found.get(sequence));
}

/** Text of each template; none for key files. */
export async function templateTexts(run: RunFolder): Promise<Map<number, string>> {
  if (!run.has('templates')) return new Map();
  const rows = templatesFromCsv(await readFile(await run.require('templates'), 'utf8'));
  return new Map(rows.map(({ id, template }) => [id, template]));
}

/** Positions of the events that are shown, in order. */
function shownEvents(length: number, scores: EventScores | undefined): number[] {
  const all = Array.from({ length }, (_, k) => k);
  if (length <= SHOWN_EVENTS) return all;
  const surprise = (k: number) => Math.max(scores?.surprise[k] ?? 0, scores?.values?.[k] || 0);
  const bySurprise = all.slice().sort((a, b) => surprise(b) - surprise(a) || a - b);
  const ends = [...all.slice(0, SHOWN_ENDS), ...all.slice(-SHOWN_ENDS)];
  return [...new Set([...ends, ...bySurprise])].slice(0, SHOWN_EVENTS).sort((a, b) => a - b);
}

/** Raw lines of the shown events of each of the sessions `top`. */
async function rawLines(
  run: RunFolder,
  { rows, offsets }: Sessions,
  top: number[],
  shown: number[][],
): Promise<(RawLine | undefined)[][]> {
  if (!rows || !run.has('lines')) return top.map(() => []);
  const store = await LineStore.open(run);
  try {
    const lines = await store.read(top.flatMap((i, g) => shown[g].map((position) => rows[offsets[i] + position])));
    return shown.map(({ length }) => lines.splice(0, length));
  } finally {
    await store.close();
  }
}

function eventAt(
  position: number,
  events: Int32Array,
  line: RawLine | undefined,
  texts: Map<number, string>,
  scores: EventScores | undefined,
): AnomalyEvent {
  const template = events[position];
  return {
    position,
    template,
    templateText: texts.get(template),
    line,
    deviations: scores?.values?.[position],
    ...expectation(position, template, texts, scores),
  };
}

function endOf(length: number, texts: Map<number, string>, scores: EventScores | undefined): Expectation | undefined {
  return scores && scores.expected.length > length ? expectation(length, END_OF_SESSION, texts, scores) : undefined;
}

function expectation(
  position: number,
  template: number,
  texts: Map<number, string>,
  scores: EventScores | undefined,
): Expectation {
  const expected = scores?.expected[position] ?? -1;
  const text = expected === END_OF_SESSION ? 'the end of the session' : (texts.get(expected) ?? `event ${expected}`);
  return {
    surprise: scores?.surprise[position] ?? null,
    expected: expected !== -1 && expected !== template ? text : undefined,
  };
}

function eventsIn({ events, offsets }: Sessions, i: number): Int32Array {
  return events.subarray(offsets[i], offsets[i + 1]);
}
