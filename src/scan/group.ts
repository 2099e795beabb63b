import { firstNotBelow } from '../data/firstNotBelow.js';
import type { Events } from './events.js';
import { findingId, type Kind, type Level, type Sighting } from './finding.js';
import { isNew, Owners, VALUES } from './owners.js';

/** Sightings of one cause, before raw lines are looked up. */
export interface Cause {
  id: string;
  kind: Kind;
  template: number;
  shape: string;
  score: number;
  level: Level;
  severity: number;
  found: string;
  expected: string;
  times: number;
  /** All rows, ascending. */
  rows: number[];
  sessions: number[];
  /** What comes with it. */
  along: Along[];
}

interface Along {
  template: number;
  rows: number[];
  /** What was found, where the template doesn't say it. */
  what?: string;
}

/** Bits that a message of each class of severity adds: an error is worth reading sooner. */
const SEVERITY_BITS = [0, 0, 1, 3, 4, 5];
/** Kinds that aren't about what a line says. */
const WITHOUT_SEVERITY: ReadonlySet<Kind> = new Set(['silence', 'component', 'session']);
/** Bits of a finding of level medium and high. */
const MEDIUM = 7;
const HIGH = 10;
/** Kinds that are about single lines, and so about the sessions of these. */
const OF_LINES: ReadonlySet<Kind> = new Set(['new-template', 'rejected', 'parameter', 'field', 'order']);

/**
 * Puts sightings of one kind, template and shape together, then those of different kinds that lie on the same lines,
 * and ranks them by surprise, ties by line.
 */
export function groupSightings(
  sightings: readonly Sighting[],
  events: Events,
  text: (template: number) => string,
  discounts: Partial<Record<Kind, number>>,
): Cause[] {
  const groups = new Map<string, Sighting[]>();
  for (const sighting of sightings) {
    const id = findingId(sighting.kind, text(sighting.template), sighting.shape);
    const group = groups.get(id);
    if (group) group.push(sighting);
    else groups.set(id, [sighting]);
  }
  const causes = Array.from(groups, ([id, group]) => causeOf(id, group, events, discounts));
  return mergeCauses(causes.sort(byRank), events);
}

function byRank(a: Cause, b: Cause): number {
  // A component that fell quiet explains the silence of its templates.
  const component = Number(b.kind === 'component') - Number(a.kind === 'component');
  return b.score - a.score || component || a.rows[0] - b.rows[0];
}

function causeOf(
  id: string,
  group: readonly Sighting[],
  events: Events,
  discounts: Partial<Record<Kind, number>>,
): Cause {
  const strongest = group.reduce((a, b) => (b.bits > a.bits ? b : a));
  const rows = [...new Set(group.flatMap((sighting) => sighting.rows))].sort((a, b) => a - b);
  const { kind, template, shape, found, expected } = strongest;
  const severity = WITHOUT_SEVERITY.has(kind)
    ? 0
    : rows.reduce((most, row) => Math.max(most, events.severity[row] ?? 0), 0);
  const score = strongest.bits + SEVERITY_BITS[severity] - (discounts[kind] ?? 0);
  const named = group.flatMap(({ session }) => session ?? []);
  const sessions = [...new Set(OF_LINES.has(kind) ? [...named, ...sessionsOf(rows, events)] : named)];
  const level = score >= HIGH ? 'high' : score >= MEDIUM ? 'medium' : 'low';
  return {
    id,
    kind,
    template,
    shape,
    score,
    level,
    severity,
    found,
    expected,
    times: group.length,
    rows,
    sessions,
    along: group.flatMap(({ along = [] }) => along),
  };
}

function sessionsOf(rows: readonly number[], { sessionRow, session }: Events): number[] {
  const found: number[] = [];
  for (const row of rows) {
    for (let at = firstNotBelow(sessionRow, row); at < session.length && sessionRow[at] === row; at++)
      found.push(session[at]);
  }
  return found;
}

/** A weaker cause on the lines of a stronger one goes along with it, if it is of a kind that follows from others. */
function mergeCauses(ranked: readonly Cause[], events: Events): Cause[] {
  const owners = new Owners(events);
  const merged: Cause[] = [];
  for (const cause of ranked) {
    const stronger = cause.kind === 'sequence' ? owners.ofSessions(cause) : (owners.of(cause) ?? owners.ofValue(cause));
    if (!stronger) {
      merged.push(cause);
      owners.add(cause, cause);
      continue;
    }
    // What a session lacks is told by the line that nobody knew, where it broke off.
    if (stronger.kind === 'missing' && isNew(cause)) exchange(stronger, cause);
    stronger.sessions = [...new Set([...stronger.sessions, ...cause.sessions])];
    if (stronger.template === cause.template && !VALUES.has(cause.kind) && cause.kind !== 'sequence') {
      stronger.rows = [...new Set([...stronger.rows, ...cause.rows])].sort((a, b) => a - b);
    } else {
      stronger.along.push(alongOf(cause), ...cause.along);
      // What was new beside something new makes room for what is new beside it.
      if (cause.kind === stronger.kind || isNew(cause)) owners.add(cause, stronger);
    }
  }
  return merged;
}

function alongOf({ template, rows, kind, found }: Cause): Along {
  return VALUES.has(kind) || kind === 'missing' || kind === 'sequence'
    ? { template, rows, what: found }
    : { template, rows };
}

/** Each takes the other's name and what is said of it; score, level and sessions stay. */
function exchange(a: Cause, b: Cause): void {
  const said = ({ id, kind, template, shape, found, expected, times, rows, along }: Cause) => ({
    id,
    kind,
    template,
    shape,
    found,
    expected,
    times,
    rows,
    along,
  });
  const [ofA, ofB] = [said(a), said(b)];
  Object.assign(a, ofB);
  Object.assign(b, ofA);
}

/** How many causes there are, in all and of each level. */
export function numbersOf(causes: readonly Cause[]): { all: number; levels: Record<Level, number> } {
  const levels = { low: 0, medium: 0, high: 0 };
  for (const { level } of causes) levels[level]++;
  return { all: causes.length, levels };
}
