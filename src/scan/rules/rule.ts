import type { Events, Span } from '../events.js';
import type { Sighting } from '../finding.js';

/** What a rule may ask about the log beside its events. */
export interface RuleContext {
  /** Text of a template number. */
  text(template: number): string;
  /** The known template that is most like a new one, and the share of words that they have in common. */
  nearest(template: number): { text: string; likeness: number } | undefined;
  /** Only what training never showed counts, not what it showed seldom: two logs are compared. */
  onlyUnseen?: boolean;
}

/**
 * One way to be surprised: learns from a span of events, judges another. The state is plain JSON; learning on from a
 * state gives what learning both spans at once would, but for what lies across their border.
 */
export interface Rule<S = unknown> {
  learn(events: Events, span: Span, state: S | undefined): S;
  judge(events: Events, span: Span, state: S, context: RuleContext): Sighting[];
}

/**
 * -log2 of the chance of a new kind after `seen` observations of which `once` were the only ones of theirs (Good, "The
 * Population Frequencies of Species", Biometrika 1953).
 */
export function noveltyBits(seen: number, once: number): number {
  return -Math.log2((once + 1) / (seen + 2));
}

/** `never`, `once`, `7 times`. */
export function timesText(times: number): string {
  return times === 0 ? 'never' : times === 1 ? 'once' : `${times} times`;
}

/** -log2 of the share of `cases` of `all`, with half a case more so that none is impossible. */
export function rarityBits(cases: number, all: number): number {
  return -Math.log2((cases + 0.5) / (all + 1));
}
