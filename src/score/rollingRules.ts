import { distinctSequences } from '../data/distinct.js';
import { type Sessions, TEST, TRAIN, VALIDATION } from '../data/sessions.js';
import type { Detector } from './result.js';
import type { RollingRule } from './rolling.js';

/** Name of the rule that says something where no operator ever answers. */
export const UNTIL_USUAL = 'unseen until usual';

/** A cause that has been flagged twice is left in peace until the operator has looked; chosen on BGL's first 40 %. */
const OPEN_FLAGS = 2;

/**
 * A new event that came in so many windows, never more than `REST` apart, is taken for a new habit and raised no more until it
 * has rested. Both chosen on BGL's first 40 %.
 */
const USUAL = 100;
const REST = 5;

/**
 * What the protocol `rolling` compares; each call makes them afresh, for they learn. A rule without a threshold learns from
 * training and validation windows.
 * @param detector the run's own, whose scores stay: what it learns is that a sequence is normal
 */
export function rollingRules(sessions: Sessions, detector: Detector): RollingRule[] {
  return [
    unseenEvent(sessions, Infinity),
    unseenEvent(sessions, OPEN_FLAGS),
    unseenUntilUsual(sessions),
    unseenCountVector(sessions),
    alertsOf(detector, sessions),
  ];
}

function unseenEvent(sessions: Sessions, openFlags: number): RollingRule {
  const seen = new Set<number>();
  const learn = (window: number) => {
    for (const event of eventsOf(sessions, window)) seen.add(event);
  };
  learnt(sessions).forEach(learn);
  return {
    name: openFlags === Infinity ? 'unseen event' : `unseen event, ${openFlags} open`,
    openFlags,
    causes: (window) => [...new Set(eventsOf(sessions, window))].filter((event) => !seen.has(event)),
    learn,
  };
}

/** Needs no operator: what stays for long becomes usual by itself, right or wrong. */
function unseenUntilUsual(sessions: Sessions): RollingRule {
  const { causes, learn } = unseenEvent(sessions, Infinity);
  const stretches = new Map<number, { windows: number; last: number }>();
  let at = 0;
  return {
    name: UNTIL_USUAL,
    openFlags: Infinity,
    causes(window) {
      at++;
      return causes(window).filter((event) => {
        const { windows, last } = stretches.get(event) ?? { windows: 0, last: at };
        const stretch = { windows: at - last > REST ? 1 : windows + 1, last: at };
        stretches.set(event, stretch);
        return stretch.windows <= USUAL;
      });
    },
    learn,
  };
}

function unseenCountVector(sessions: Sessions): RollingRule {
  const vectors = new Map<string, number>();
  const of = (window: number) => {
    const name = eventsOf(sessions, window).slice().sort().join();
    const index = vectors.get(name) ?? vectors.size;
    vectors.set(name, index);
    return index;
  };
  const seen = new Set(learnt(sessions).map(of));
  return {
    name: 'unseen count vector',
    openFlags: Infinity,
    causes: (window) => [of(window)].filter((vector) => !seen.has(vector)),
    learn: (window) => seen.add(of(window)),
  };
}

/** The detector's alerts; the cause of one is the window's sequence. */
function alertsOf(detector: Detector, sessions: Sessions): RollingRule {
  const { of } = distinctSequences(sessions, (i) => sessions.splits[i] === TEST);
  const normal = new Set<number>();
  return {
    name: detector.name,
    openFlags: Infinity,
    causes: (window) => {
      const alert = detector.scores[window] > detector.threshold.value && !normal.has(of[window]);
      return alert ? [of[window]] : [];
    },
    learn: (window) => normal.add(of[window]),
  };
}

function learnt({ splits }: Sessions): number[] {
  return Array.from(splits.keys()).filter((i) => splits[i] === TRAIN || splits[i] === VALIDATION);
}

function eventsOf({ events, offsets }: Sessions, i: number): Int32Array {
  return events.subarray(offsets[i], offsets[i + 1]);
}
