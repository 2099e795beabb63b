import type { Random } from '../../random.js';
import { nodeOf } from './cluster.js';
import type { EventName } from './events.js';
import type { Block, LifeTeller, TimedEvent } from './life.js';

export const ANOMALY_KINDS = ['missing', 'extra', 'out-of-order', 'unseen'] as const;
export type AnomalyKind = (typeof ANOMALY_KINDS)[number];

/** Share of the `missing` lives that end while the block is being written. */
const CUT_SHARE = 0.3;

/** Events whose number follows from the others in each normal life: one less or one more is never normal. */
const COUNTED: readonly EventName[] = ['receiving', 'terminating', 'received', 'stored', 'invalidated', 'deleting'];

const UNSEEN: readonly EventName[] = ['writeFailed', 'receiveFailed', 'emptyPacket', 'notInMap', 'noFile', 'timedOut'];

/** Orders that no normal life has: one event of the first name comes before all, or after all, of the second. */
const WRONG_ORDERS: readonly { event: EventName; place: 'before' | 'after'; all: EventName }[] = [
  { event: 'stored', place: 'before', all: 'receiving' },
  { event: 'received', place: 'before', all: 'terminating' },
  { event: 'allocate', place: 'after', all: 'received' },
  { event: 'deleting', place: 'before', all: 'invalidated' },
  { event: 'invalidated', place: 'after', all: 'deleting' },
];

/** Makes a block's life abnormal. Lines that it shares with another block stay as they are. */
export function injectAnomaly(kind: AnomalyKind, block: Block, teller: LifeTeller, random: Random): void {
  const shared = block.events.filter(({ blocks }) => blocks.length > 1);
  const own = block.events.filter(({ blocks }) => blocks.length === 1);
  block.events = [...shared, ...alter(kind, own, block, teller, random)].sort((a, b) => a.time - b.time);
}

function alter(kind: AnomalyKind, own: TimedEvent[], block: Block, teller: LifeTeller, random: Random): TimedEvent[] {
  switch (kind) {
    case 'missing':
      return random.next() < CUT_SHARE ? cut(own) : without(own, random.pick(counted(own)));
    case 'extra':
      return repeat(own, random.pick(counted(own)), random);
    case 'out-of-order':
      return disorder(own, random);
    case 'unseen':
      return addUnseen(own, block, teller, random);
  }
}

function counted(events: TimedEvent[]): TimedEvent[] {
  return events.filter(({ name }) => COUNTED.includes(name));
}

/** The write never ends. */
function cut(events: TimedEvent[]): TimedEvent[] {
  return events.slice(
    0,
    events.findIndex(({ name }) => name === 'terminating' || name === 'stored'),
  );
}

function without(events: TimedEvent[], lost: TimedEvent): TimedEvent[] {
  return events.filter((event) => event !== lost);
}

/** Logs an event a second time, somewhere after the first. */
function repeat(events: TimedEvent[], event: TimedEvent, random: Random): TimedEvent[] {
  const at = events.indexOf(event);
  const after = events[at + random.int(events.length - at)];
  return [...events, { ...event, time: after.time + random.int(1000) }];
}

/** The same events at the same times, but one has moved to where it can't be. */
function disorder(events: TimedEvent[], random: Random): TimedEvent[] {
  const possible = WRONG_ORDERS.filter(({ event, all }) => has(events, event) && has(events, all));
  const { event, place, all } = random.pick(possible);
  const moved = random.pick(events.filter(({ name }) => name === event));
  const others = without(events, moved);
  const names = others.map(({ name }) => name);
  const at = place === 'before' ? names.indexOf(all) : names.lastIndexOf(all) + 1;
  const ordered = [...others.slice(0, at), moved, ...others.slice(at)];
  return ordered.map((content, i) => ({ ...content, time: events[i].time }));
}

function has(events: TimedEvent[], wanted: EventName): boolean {
  return events.some(({ name }) => name === wanted);
}

function addUnseen(events: TimedEvent[], block: Block, teller: LifeTeller, random: Random): TimedEvent[] {
  const added = Array.from({ length: 1 + random.int(2) }, () => {
    block.now = random.pick(events).time;
    return teller.event(random.pick(UNSEEN), block, { node: nodeOf(random.pick(block.hosts)) });
  });
  return [...events, ...added];
}
