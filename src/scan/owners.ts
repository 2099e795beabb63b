import type { Events } from './events.js';
import type { Kind } from './finding.js';
import type { Cause } from './group.js';

/** Share of a cause's rows that lie with another's for the two to be one. */
const TOGETHER = 0.6;
const NEIGHBOURHOOD = 2;
/** Kinds that are about what single lines say. */
const SAID: ReadonlySet<Kind> = new Set(['new-template', 'rejected', 'parameter', 'field']);
/** Kinds that are about what isn't there: a component falls quiet with its templates. */
const QUIET: ReadonlySet<Kind> = new Set(['silence', 'component']);
/** Kinds that are about a value. */
export const VALUES: ReadonlySet<Kind> = new Set(['parameter', 'field']);

/** Whose lines are which; the lines of one record are one. */
export class Owners {
  private readonly causes = new Map<number, Cause[]>();
  private readonly bySession = new Map<number, Cause[]>();

  constructor(private readonly events: Events) {}

  add({ rows, along, sessions }: Cause, owner: Cause): void {
    for (const session of sessions) this.bySession.set(session, [...(this.bySession.get(session) ?? []), owner]);
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
    return mostOf(shares, cause.rows.length);
  }

  /** The strongest cause that tells of the same value in the same sessions, in other words. */
  ofValue({ kind, found, sessions }: Cause): Cause | undefined {
    if (kind !== 'parameter') return undefined;
    return this.ofSessions({ sessions }, (stronger) => stronger.kind === kind && stronger.found === found);
  }

  /** The strongest cause that already tells of these sessions. */
  ofSessions({ sessions }: Pick<Cause, 'sessions'>, may: (stronger: Cause) => boolean = () => true): Cause | undefined {
    const shares = new Map<Cause, number>();
    for (const session of sessions) {
      for (const stronger of new Set(this.bySession.get(session))) {
        if (may(stronger)) shares.set(stronger, (shares.get(stronger) ?? 0) + 1);
      }
    }
    return mostOf(shares, sessions.length);
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

/** The first that has a part of all that is large enough for the two to be one. */
function mostOf(shares: ReadonlyMap<Cause, number>, all: number): Cause | undefined {
  for (const [cause, share] of shares) if (share >= all * TOGETHER) return cause;
  return undefined;
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
  if (QUIET.has(stronger.kind)) return QUIET.has(kind);
  if (VALUES.has(kind)) return false;
  if (template === stronger.template) return true;
  if (kind === 'count') return true;
  if (kind === 'order') return stronger.kind !== 'count';
  return kind === stronger.kind && kind !== 'burst';
}

/** Whether it is about a line of a kind that nobody knew. */
export function isNew({ kind }: Cause): boolean {
  return kind === 'new-template' || kind === 'rejected';
}
