import type { Events } from './events.js';
import { findingId, type Kind, type Level, type Sighting } from './finding.js';

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
/** Share of a cause's rows that lie with another's for the two to be one. */
const TOGETHER = 0.6;
const NEIGHBOURHOOD = 2;
/** Kinds that are about what single lines say. */
const SAID: ReadonlySet<Kind> = new Set(['new-template', 'rejected', 'parameter', 'field']);
/** Of them those that are about a value. */
const VALUES: ReadonlySet<Kind> = new Set(['parameter', 'field']);

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
  const sessions = [...new Set(group.flatMap(({ session }) => session ?? []))];
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

/** A weaker cause on the lines of a stronger one goes along with it, if it is of a kind that follows from others. */
function mergeCauses(ranked: readonly Cause[], events: Events): Cause[] {
  const owners = new Owners(events);
  const merged: Cause[] = [];
  for (const cause of ranked) {
    const stronger = owners.of(cause);
    if (!stronger) {
      merged.push(cause);
      owners.add(cause, cause);
      continue;
    }
    // What a session lacks is told by the line that nobody knew, where it broke off.
    if (stronger.kind === 'missing' && isNew(cause)) exchange(stronger, cause);
    stronger.sessions = [...new Set([...stronger.sessions, ...cause.sessions])];
    if (stronger.template === cause.template && !VALUES.has(cause.kind)) {
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
  return VALUES.has(kind) || kind === 'missing' ? { template, rows, what: found } : { template, rows };
}

function isNew({ kind }: Cause): boolean {
  return kind === 'new-template' || kind === 'rejected';
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

/** Whose lines are which; the lines of one record are one. */
class Owners {
  private readonly causes = new Map<number, Cause[]>();

  constructor(private readonly events: Events) {}

  add({ rows, along }: Cause, owner: Cause): void {
    for (const row of [...rows, ...along.flatMap((other) => other.rows)]) {
      const head = this.headOf(row);
      const list = this.causes.get(head);
      if (!list) this.causes.set(head, [owner]);
      else if (list[list.length - 1] !== owner) list.push(owner);
    }
  }

  /** The strongest cause that this one follows from. */
  of(cause: Cause): Cause | undefined {
    const shares = new Map<Cause, number>();
    for (const row of cause.rows) {
      const here = this.causes.get(this.headOf(row)) ?? [];
      for (const stronger of this.near(row)) {
        if (follows(cause, stronger, here.includes(stronger))) shares.set(stronger, (shares.get(stronger) ?? 0) + 1);
      }
    }
    for (const [stronger, rows] of shares) if (rows >= cause.rows.length * TOGETHER) return stronger;
    return undefined;
  }

  private near(row: number): Set<Cause> {
    const near = new Set<Cause>();
    for (let at = row - NEIGHBOURHOOD; at <= row + NEIGHBOURHOOD; at++) {
      for (const cause of this.causes.get(this.headOf(at)) ?? []) near.add(cause);
    }
    return near;
  }

  private headOf(row: number): number {
    let head = row;
    while (this.events.joined[head] === 1) head--;
    return head;
  }
}

/**
 * Whether a cause may be nothing but another's other side: how often a line comes and what stands beside it follow from
 * what happened there, as do new lines from new lines beside them; a line that is new by itself does not.
 * @param same whether both are on one record
 */
function follows(cause: Cause, stronger: Cause, same: boolean): boolean {
  const { kind, template } = cause;
  // Two values of one message may each be odd for a reason of its own; named ones are what one event did.
  const apart = kind === 'parameter' && stronger.kind === 'parameter' && template >= 0 && stronger.template >= 0;
  if (same && SAID.has(kind) && SAID.has(stronger.kind)) return !apart;
  if (same && isNew(cause) && stronger.kind === 'missing') return true;
  if (kind === 'missing') return same && isNew(stronger);
  if (kind === 'extra')
    return template === stronger.template && (stronger.kind === 'count' || stronger.kind === 'burst');
  if (stronger.kind === 'silence' || stronger.kind === 'component') return kind === 'silence';
  if (VALUES.has(kind)) return false;
  if (template === stronger.template) return true;
  if (kind === 'count') return true;
  if (kind === 'order') return stronger.kind !== 'count';
  return kind === stronger.kind && kind !== 'burst';
}

/** How many causes there are, in all and of each level. */
export function numbersOf(causes: readonly Cause[]): { all: number; levels: Record<Level, number> } {
  const levels = { low: 0, medium: 0, high: 0 };
  for (const { level } of causes) levels[level]++;
  return { all: causes.length, levels };
}
