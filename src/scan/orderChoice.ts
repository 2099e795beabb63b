import { createDetector } from '../model/registry.js';
import type { Random } from '../random.js';
import { disturbed } from './disturb.js';
import type { OrderScorer, Unlikely } from './orderModel.js';

/** The training span: what the model learns, what stops its training and gives its limit, and what decides on it. */
export type Parts = Record<'train' | 'stopping' | 'choice', readonly Int32Array[]>;

/** Whether the sequence model finds what the rest doesn't. */
export interface OrderChoice {
  keep: boolean;
  why: string;
  /** What the allowed part of undisturbed sessions exceeds, in bits, and no less than what is improbable. */
  limit: number;
  /** Templates that undisturbed sessions have where the model finds them unlikely. */
  unsure: Set<number>;
  /** Scores of the undisturbed sessions without these. */
  scores: number[];
}

/** Part of undisturbed sessions that may be alarms. */
export const ALARMS = 0.01;
/** Bits of an event that is improbable: one in a hundred. */
const IMPROBABLE = -Math.log2(0.01);
/** How many times more of them may be on sessions that had no part in the threshold. */
export const SLACK = 2;
/** Part of the disturbed sessions that nothing else finds which the model has to find. */
const LEAST_GAIN = 0.1;
/** And how many at least: fewer may be chance. */
export const FEWEST_FOUND = 5;

/** Held-out sessions that were disturbed. */
export interface Disturbances {
  /** How many there are. */
  all: number;
  /** Those that neither the count vectors nor a pair of neighbours that training never showed find. */
  left: Int32Array[];
}

/** Disturbs the sessions that decide; what rules and counts find of them needs no model. */
export async function disturb(parts: Parts, templates: Int32Array, random: Random): Promise<Disturbances> {
  const known = await knownFinder(parts);
  const odd = parts.choice.flatMap((events) => disturbed(events, templates, random) ?? []);
  return { all: odd.length, left: odd.filter((events) => !known(events)) };
}

/**
 * Counts which disturbed sessions exceed what 1 % of undisturbed ones exceed by the model. Needs no label. What undisturbed
 * sessions exceed it with, the model is not sure of, and isn't asked for. It is kept if it finds a tenth of those that the rest
 * leaves, five at least, with few alarms on undisturbed ones that had no part in its limit.
 */
export async function choose(parts: Parts, { all, left }: Disturbances, scorer: OrderScorer): Promise<OrderChoice> {
  const stopping = await scorer.score(parts.stopping);
  const limit = Math.max(upper(stopping.map(({ bits }) => bits)), IMPROBABLE);
  const unsure = new Set(alarmsAmong(parts.stopping, stopping, limit));
  const alarms = alarmsAmong(parts.choice, await scorer.score(parts.choice, unsure), limit);
  const found = alarmsAmong(left, await scorer.score(left, unsure), limit).length;
  const allowed = parts.choice.length * ALARMS * SLACK;
  const why =
    `of ${all} disturbed sessions rules and counts leave ${left.length}, of which it finds ${found}, ` +
    `with ${alarms.length} alarms on ${parts.choice.length} undisturbed ones`;
  for (const template of alarms) unsure.add(template);
  const held = await scorer.score([...parts.stopping, ...parts.choice], unsure);
  const enough = Math.max(FEWEST_FOUND, left.length * LEAST_GAIN);
  const keep = found >= enough && alarms.length <= allowed;
  return { keep, why, limit, unsure, scores: held.map(({ bits }) => bits) };
}

/** The template that is unlikely, for each sequence that has one. */
function alarmsAmong(sequences: readonly Int32Array[], places: readonly Unlikely[], limit: number): number[] {
  return sequences.flatMap((events, i) => (places[i].bits > limit ? [events[places[i].at]] : []));
}

/** Whether the count vectors or the pairs of neighbours find a session. */
async function knownFinder({ train, stopping }: Parts) {
  const detector = await createDetector({ name: 'count-vector' }, { seed: 42 });
  const fitted = detector.open(detector.fit({ train, validation: [] }));
  const distance = (events: Int32Array) => Object.values(fitted.score(events))[0];
  const limit = upper(stopping.map(distance));
  const pairs = new Set(train.flatMap((events) => [...pairsOf(events)]));
  return (events: Int32Array) => distance(events) > limit || [...pairsOf(events)].some((pair) => !pairs.has(pair));
}

function* pairsOf(events: Int32Array): Generator<string> {
  for (let i = 1; i < events.length; i++) yield `${events[i - 1]} ${events[i]}`;
}

/** What the allowed part of the values exceeds. */
function upper(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor(sorted.length * (1 - ALARMS))] ?? Number.POSITIVE_INFINITY;
}
