import { type Events, KNOWN, originOf, type Span } from '../events.js';
import type { Sighting } from '../finding.js';
import { type Rule, rarityBits, timesText } from './rule.js';

type Counts = Record<number, number>;

/** How often each template comes in a session. */
export interface SessionCounts {
  sessions: number;
  /** Sessions by count, for each template; those without it aren't counted. */
  of: Record<number, Record<number, number>>;
  /** Longest time from a template to the next event of its session, in milliseconds. */
  wait: Record<number, number>;
  /** Sessions that may go on behind the training span, the latest last. */
  open: Record<string, OpenSession>;
}

/** A session as it stood when training ended. */
export interface OpenSession {
  counts: Record<number, number>;
  /** The template seen last, and when, in milliseconds. */
  last: number;
  time: number | null;
}

/** Sessions that are carried over. */
const MAX_OPEN = 100_000;
/** Part of the other counts' bits that adds to those of the strangest one. */
const OTHERS = 0.02;
const LEAST_BITS = 3;

/**
 * A session in which a template comes more often, or less often, than it should. Sessions that were still open when
 * training ended count as they stood, so that a session which is still open now is nothing strange.
 */
export const sessions: Rule<SessionCounts> = {
  learn(events, span, state) {
    const learnt = structuredClone(state ?? { sessions: 0, of: {}, wait: {}, open: {} });
    for (const session of sessionsOf(events, span, learnt.open)) {
      if (session.carried) count(learnt, session.carried, -1);
      count(learnt, session.counts, 1);
      for (const [template, wait] of session.waits) learnt.wait[template] = Math.max(learnt.wait[template] ?? 0, wait);
      delete learnt.open[session.id];
      const { counts, last, time } = session;
      learnt.open[session.id] = { counts, last, time: Number.isNaN(time) ? null : time };
    }
    const ids = Object.keys(learnt.open);
    for (const id of ids.slice(0, Math.max(0, ids.length - MAX_OPEN))) delete learnt.open[id];
    return learnt;
  },

  judge(events, span, learnt, { text, onlyUnseen = false }) {
    const end = lastTime(events, span);
    return sessionsOf(events, span, learnt.open).flatMap((session): Sighting[] => {
      if (isLearnt(learnt.open, session.id, session.from, session.own)) return [];
      const waiting = end - session.time <= (learnt.wait[session.last] ?? 0);
      const odd = oddCounts(learnt, session.counts, { waiting, onlyUnseen }).sort((a, b) => b.bits - a.bits);
      if (odd.length === 0 || odd[0].bits < LEAST_BITS) return [];
      const [{ template, times, few, bits }] = odd;
      const rows = session.rows.filter((row) => events.template[row] === template);
      return [
        {
          kind: few ? 'missing' : 'extra',
          template,
          shape: `${times} times`,
          rows: rows.length > 0 && !few ? rows : [session.rows[session.rows.length - 1]],
          bits: bits + OTHERS * odd.slice(1).reduce((sum, other) => sum + other.bits, 0),
          found: `${timesText(times)} in session ${session.id}${few ? `, which ended behind: ${text(session.last)}` : ''}`,
          expected: usual(learnt, template, times, few),
          session: session.index,
        },
      ];
    });
  },
};

interface Session {
  id: string;
  index: number;
  counts: Counts;
  carried: Counts | undefined;
  /** Counts and time of the first event in the span alone. */
  own: Counts;
  from: number;
  rows: number[];
  last: number;
  time: number;
  /** From each template to the next event. */
  waits: Map<number, number>;
}

/**
 * How the session stood before an event of time `at`, in milliseconds. One whose last known event is later is told of again
 * from its beginning: the log that was learnt is scanned itself, or an older one.
 */
export function openBefore(open: SessionCounts['open'], id: string, at: number): OpenSession | undefined {
  const before = Object.hasOwn(open, id) ? open[id] : undefined;
  return before && before.time !== null && at < before.time ? undefined : before;
}

/**
 * Whether the session was learnt as it is: the same events, and none of them later than those that were learnt. Where
 * times don't tell, equal counts do: the rest of a session is hardly what its beginning was.
 *
 * @param at time of its first event, in milliseconds
 */
export function isLearnt(open: SessionCounts['open'], id: string, at: number, counts: Counts): boolean {
  if (!Object.hasOwn(open, id) || at > (open[id].time ?? at)) return false;
  const known = Object.entries(open[id].counts);
  return known.length === Object.keys(counts).length && known.every(([key, times]) => counts[Number(key)] === times);
}

/** Sessions with a row in the span, in order of their first one there, with what was carried over. */
function sessionsOf(events: Events, { from, to }: Span, open: SessionCounts['open']): Session[] {
  const found = new Map<number, Session>();
  for (let i = 0; i < events.session.length; i++) {
    const row = events.sessionRow[i];
    if (row < from || row >= to) continue;
    const index = events.session[i];
    let session = found.get(index);
    if (!session) {
      session = begun(events.sessions.text(index), index, events.time[row], open);
      found.set(index, session);
    }
    add(session, row, events);
  }
  return [...found.values()];
}

function begun(id: string, index: number, at: number, open: SessionCounts['open']): Session {
  const before = openBefore(open, id, at);
  const time = before?.time ?? Number.NaN;
  const counts = { ...before?.counts };
  const [carried, last, waits] = [before?.counts, before?.last ?? -1, new Map<number, number>()];
  return { id, index, counts, carried, own: {}, from: at, rows: [], last, time, waits };
}

function add(session: Session, row: number, events: Events): void {
  const template = events.template[row];
  const time = events.time[row];
  const wait = time - session.time;
  if (wait > (session.waits.get(session.last) ?? 0)) session.waits.set(session.last, wait);
  session.rows.push(row);
  if (!Number.isNaN(time)) session.time = time;
  if (originOf(template) !== KNOWN) return;
  session.counts[template] = (session.counts[template] ?? 0) + 1;
  session.own[template] = (session.own[template] ?? 0) + 1;
  session.last = template;
}

function count(learnt: SessionCounts, counts: Counts, times: 1 | -1): void {
  learnt.sessions += times;
  for (const template in counts) {
    learnt.of[template] ??= {};
    const of = learnt.of[template];
    of[counts[template]] = (of[counts[template]] ?? 0) + times;
  }
}

interface OddCount {
  template: number;
  times: number;
  few: boolean;
  bits: number;
}

interface Leniency {
  /** The session may still go on: then nothing is missing yet. */
  waiting: boolean;
  /** A number that any session of training had is none. */
  onlyUnseen: boolean;
}

function oddCounts({ sessions: all, of }: SessionCounts, counts: Counts, leniency: Leniency): OddCount[] {
  const odd: OddCount[] = [];
  for (const key in of) {
    const template = Number(key);
    const times = counts[template] ?? 0;
    const least = atLeast(of[template], times);
    const many = rarityBits(times === 0 ? all : least, all);
    const most = all - atLeast(of[template], times + 1);
    const few = leniency.waiting ? 0 : rarityBits(most, all);
    if (leniency.onlyUnseen && least > 0 && most > 0) continue;
    if (Math.max(many, few) >= 1) odd.push({ template, times, few: few > many, bits: Math.max(many, few) });
  }
  return odd;
}

function atLeast(counts: Record<number, number>, count: number): number {
  let sum = 0;
  for (const times in counts) if (Number(times) >= count) sum += counts[times];
  return sum;
}

/** The most frequent number, and how many sessions have one as far away as `found`. */
function usual({ sessions: all, of }: SessionCounts, template: number, found: number, few: boolean): string {
  const counts = Object.entries(of[template]).map(([times, n]): [number, number] => [Number(times), n]);
  counts.push([0, all - atLeast(of[template], 1)]);
  const [times, n] = counts.reduce((a, b) => (b[1] > a[1] ? b : a));
  const asFar = few ? all - atLeast(of[template], found + 1) : atLeast(of[template], found);
  const others = `so ${few ? 'seldom' : 'often'} in ${asFar === 0 ? 'none' : asFar} of them`;
  return `${timesText(times)}, as in ${((100 * n) / all).toFixed(1)} % of ${all} sessions, ${others}`;
}

function lastTime({ time }: Events, { from, to }: Span): number {
  let last = Number.NaN;
  for (let row = from; row < to; row++) if (!(time[row] <= last) && !Number.isNaN(time[row])) last = time[row];
  return last;
}
