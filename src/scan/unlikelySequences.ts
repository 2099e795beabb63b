import type { Events, Span } from './events.js';
import type { Sighting } from './finding.js';
import { type OrderModel, openOrderModel, type Unlikely } from './orderModel.js';
import { quantiles } from './quantiles.js';
import { type RuleContext, rarityBits } from './rules/rule.js';
import { type OpenSession, openBefore } from './rules/sessions.js';
import { type Sequence, sequencesOf } from './sequences.js';
import { shareAbove } from './sessionModel.js';

/** Most bits, fewer than a finding of level medium has: what the model alone finds comes behind what a rule can name. */
const MOST = 6;
const LEAST = 3;

/**
 * Sessions with an event that the sequence model finds less likely, behind those before it, than nearly all that it gave to
 * sessions of the last part of training, and to others of this log. A session that had begun before isn't judged: the order of its
 * first events isn't known.
 */
export async function unlikelySequences(
  events: Events,
  span: Span,
  fitted: OrderModel,
  open: Readonly<Record<string, OpenSession>>,
  { text }: RuleContext,
): Promise<Sighting[]> {
  const sequences = sequencesOf(events, span, fitted.windowLines).filter(
    ({ id, rows }) => !openBefore(open, id, events.time[rows[0]]),
  );
  const scorer = await openOrderModel(fitted.checkpoint);
  try {
    const places = await scorer.score(
      sequences.map((sequence) => sequence.events),
      new Set(fitted.unsure),
    );
    const now = quantiles(places.map(({ bits }) => bits));
    return sequences.flatMap((sequence, i): Sighting[] => {
      if (places[i].bits <= fitted.limit) return [];
      const known = rarityBits(shareAbove(fitted.scores, places[i].bits) * fitted.sessions, fitted.sessions);
      const here = rarityBits(shareAbove(now, places[i].bits) * sequences.length, sequences.length);
      const bits = Math.min(MOST, known, here);
      return bits >= LEAST ? [sightingOf(sequence, places[i], bits, text)] : [];
    });
  } finally {
    await scorer.dispose();
  }
}

function sightingOf(
  { id, session, rows, events }: Sequence,
  { at, expected, bits: surprise }: Unlikely,
  bits: number,
  text: RuleContext['text'],
): Sighting {
  const usual = expected < 0 ? 'none that is known' : text(expected);
  return {
    kind: 'sequence',
    template: events[at],
    shape: `in place of ${usual}`,
    rows: at > 0 ? [rows[at], rows[at - 1]] : [rows[at]],
    bits,
    found: `event ${at + 1} of ${session < 0 ? 'a stretch of lines' : `session ${id}`}, with a probability of ${shown(2 ** -surprise)} behind those before it`,
    expected: `${usual}, likelier than any other`,
    session: session < 0 ? undefined : session,
  };
}

function shown(probability: number): string {
  return probability < 1e-4 ? 'less than 0.0001' : probability.toPrecision(2);
}
