import type { Events, Span } from '../events.js';
import { KNOWN, originOf } from '../events.js';
import type { Sighting } from '../finding.js';
import type { Rule } from './rule.js';

/** How long something stayed away. */
interface Gaps {
  seen: number;
  maxRows: number;
  maxTime: number;
  /** Since it was seen last: rows, and milliseconds. */
  sinceRows: number;
  sinceTime: number;
}

interface Silences {
  templates: Record<number, Gaps>;
  components: Record<string, Gaps>;
  /** Times of the first and the last line that was learnt; null where lines give none. */
  from: number | null;
  to: number | null;
}

/** What came less often has no rhythm to lose. */
const MIN_SEEN = 10;
/** A silence has more lines of others than the longest known one, by this factor. */
const FACTOR = 1.2;
/** And by so many lines at least. */
const MARGIN = 10;
/** A log goes on from another one that ended before it, by at most this part of its length. */
const PAUSE = 0.1;
/** Where it is short in time, the others were only loud: below this part of the longest known time it is none. */
const TIME_FACTOR = 0.25;

/** A template, or a component, that came again and again and then stays away, in lines and in time. */
export const silence: Rule<Silences> = {
  learn(events, span, state) {
    const learnt = structuredClone(state ?? { templates: {}, components: {}, from: null, to: null });
    const watch = { templates: new Watch(learnt.templates), components: new Watch(learnt.components) };
    for (const seen of occurrences(events, span)) {
      if (seen.template !== undefined) watch.templates.learn(String(seen.template), seen);
      if (seen.component !== undefined) watch.components.learn(seen.component, seen);
    }
    const end = endOf(events, span);
    watch.templates.close(end);
    watch.components.close(end);
    const start = startOf(events, span);
    return { ...learnt, from: learnt.from ?? start, to: Number.isNaN(end.time) ? learnt.to : end.time };
  },

  judge(events, span, state) {
    const goesOn = continues(state, startOf(events, span));
    const watch = { templates: new Watch(state.templates, goesOn), components: new Watch(state.components, goesOn) };
    const sightings: Sighting[] = [];
    const firstOf = new Map<string, number>();
    for (const seen of occurrences(events, span)) {
      if (seen.template !== undefined) {
        const gap = watch.templates.gap(String(seen.template), seen);
        if (gap) sightings.push(sighting('silence', seen.template, '', gap, seen.row));
      }
      if (seen.component === undefined) continue;
      if (seen.template !== undefined && !firstOf.has(seen.component)) firstOf.set(seen.component, seen.template);
      const gap = watch.components.gap(seen.component, seen);
      const template = firstOf.get(seen.component) ?? -1;
      if (gap) sightings.push(sighting('component', template, seen.component, gap, seen.row));
    }
    const end = endOf(events, span);
    for (const { key, gap } of watch.templates.rest(end))
      sightings.push(sighting('silence', Number(key), '', gap, end.row - 1));
    for (const { key, gap } of watch.components.rest(end)) {
      sightings.push(sighting('component', firstOf.get(key) ?? -1, key, gap, end.row - 1));
    }
    return sightings;
  },
};

interface Seen {
  row: number;
  time: number;
}

interface Gap {
  rows: number;
  time: number;
  from: number;
  known: Gaps;
}

/** Follows when things were seen last. */
class Watch {
  private readonly last = new Map<string, Seen>();
  private start: Seen | undefined;

  /** @param goesOn whether the span begins where learning ended, so that a silence may have begun before it */
  constructor(
    private readonly known: Record<string, Gaps>,
    private readonly goesOn = true,
  ) {}

  learn(key: string, seen: Seen): void {
    this.start ??= seen;
    const gaps = this.known[key];
    const since = this.since(key, seen);
    if (gaps && since) {
      gaps.seen++;
      gaps.maxRows = Math.max(gaps.maxRows, since.rows);
      gaps.maxTime = Math.max(gaps.maxTime, since.time);
    } else this.known[key] = { seen: 0, maxRows: 0, maxTime: 0, sinceRows: 0, sinceTime: 0 };
    this.last.set(key, { ...seen });
  }

  /** The end of what was learnt is a gap too, though nobody knows how long it will be. */
  close(end: Seen): void {
    for (const [key, gaps] of Object.entries(this.known)) {
      const since = this.since(key, end);
      if (!since) continue;
      gaps.sinceRows = since.rows;
      gaps.sinceTime = since.time;
      gaps.maxRows = Math.max(gaps.maxRows, since.rows);
      gaps.maxTime = Math.max(gaps.maxTime, since.time);
    }
  }

  gap(key: string, seen: Seen): Gap | undefined {
    this.start ??= seen;
    const known = this.known[key];
    const since = known && this.since(key, seen);
    const from = this.last.get(key)?.row ?? this.start.row;
    this.last.set(key, { ...seen });
    return since && isSilence(known, since) ? { ...since, from, known } : undefined;
  }

  /** Those that are still away at the end. */
  rest(end: Seen): { key: string; gap: Gap }[] {
    this.start ??= end;
    return Object.entries(this.known).flatMap(([key, known]) => {
      const since = this.since(key, end, true);
      const from = this.last.get(key)?.row ?? this.start?.row ?? end.row;
      return since && isSilence(known, since) ? [{ key, gap: { ...since, from, known } }] : [];
    });
  }

  /** How long it has been away; undefined where that can't be told. */
  private since(key: string, seen: Seen, atEnd = false): { rows: number; time: number } | undefined {
    const last = this.last.get(key);
    if (last) return { rows: seen.row - last.row, time: elapsed(last.time, seen.time) };
    const known = this.known[key];
    if (!known || !this.start) return undefined;
    const rows = seen.row - this.start.row;
    const time = elapsed(this.start.time, seen.time);
    if (this.goesOn) return { rows: known.sinceRows + rows, time: known.sinceTime + time };
    // A log that begins anew may bring things late, but not never.
    return atEnd ? { rows, time } : undefined;
  }
}

function isSilence({ seen, maxRows, maxTime }: Gaps, since: { rows: number; time: number }): boolean {
  if (seen < MIN_SEEN || since.rows <= Math.max(maxRows * FACTOR, maxRows + MARGIN)) return false;
  return maxTime === 0 || since.time > maxTime * TIME_FACTOR;
}

function sighting(
  kind: 'silence' | 'component',
  template: number,
  component: string,
  gap: Gap,
  until: number,
): Sighting {
  const { known, rows, time, from } = gap;
  const short = known.maxTime > 0 ? Math.min(0, Math.log2(time / known.maxTime)) : 0;
  const span = (lines: number, ms: number) => `${lines} lines${ms > 0 ? `, ${seconds(ms)}` : ''}`;
  return {
    kind,
    template,
    shape: component,
    rows: [from, until],
    bits: Math.log2(known.seen + 1) + Math.log2(rows / known.maxRows) * 2 + short,
    found: `${component === '' ? '' : `nothing of ${component} `}not seen for ${span(rows, time)}`.replace(
      / not seen/,
      '',
    ),
    expected: `at least once in ${span(known.maxRows, known.maxTime)} (${known.seen + 1} times seen)`,
  };
}

function* occurrences({ template, component, components, time }: Events, { from, to }: Span) {
  const names: string[] = [];
  for (let row = from; row < to; row++) {
    const of = component[row];
    names[of] ??= components.text(of);
    const known = originOf(template[row]) === KNOWN;
    yield {
      row,
      time: time[row],
      template: known ? template[row] : undefined,
      component: names[of] === '' ? undefined : names[of],
    };
  }
}

/** Whether a log that begins at `start` goes on from what was learnt, and isn't another one. */
function continues({ from, to }: Silences, start: number | null): boolean {
  if (from === null || to === null || start === null) return false;
  return start >= to && start - to <= (to - from) * PAUSE;
}

function startOf({ time }: Events, { from, to }: Span): number | null {
  const first = time.subarray(from, to).find((at) => !Number.isNaN(at));
  return first ?? null;
}

function endOf({ time }: Events, { from, to }: Span): Seen {
  let row = to - 1;
  while (row > from && Number.isNaN(time[row])) row--;
  return { row: to, time: row >= 0 ? time[row] : Number.NaN };
}

/** Milliseconds; 0 where a time is missing or runs backwards. */
function elapsed(from: number, to: number): number {
  const time = to - from;
  return time > 0 ? time : 0;
}

function seconds(ms: number): string {
  const s = ms / 1000;
  if (s < 120) return `${s < 10 ? s.toFixed(1) : Math.round(s)} s`;
  return s < 7200 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3600)} h`;
}
