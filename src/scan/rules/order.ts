import { type Events, KNOWN, originOf, type Span } from '../events.js';
import type { Sighting } from '../finding.js';
import type { Rule } from './rule.js';

/** How often one template came right behind another. */
interface Followers {
  pairs: Record<string, number>;
  /** Of each template: how often something followed it, and how many different ones did. */
  after: Record<number, [times: number, kinds: number]>;
  /** The same for what came before it. */
  before: Record<number, [times: number, kinds: number]>;
}

/** Rows of one disorder: a swap changes three neighbourhoods. */
const NEAR = 2;
/** Part of the bits of a disorder's weaker neighbourhoods that counts. */
const OTHERS = 0.25;
/** Most bits: where several write at once, order proves little. */
const MOST = 9;

/** A template behind another that it never came behind, though one of the two had few neighbours. */
export const order: Rule<Followers> = {
  learn(events, span, state) {
    const followers = structuredClone(state ?? { pairs: {}, after: {}, before: {} });
    for (const [before, after] of neighbours(events, span)) {
      const [a, b] = [events.template[before], events.template[after]];
      const known = followers.pairs[`${a}>${b}`] ?? 0;
      followers.pairs[`${a}>${b}`] = known + 1;
      followers.after[a] = plus(followers.after[a], known);
      followers.before[b] = plus(followers.before[b], known);
    }
    return followers;
  },

  judge(events, span, followers, { text }) {
    const found: (Sighting & { at: number })[] = [];
    for (const [before, after] of neighbours(events, span)) {
      const [a, b] = [events.template[before], events.template[after]];
      if (followers.pairs[`${a}>${b}`] !== undefined) continue;
      const bits = Math.max(rarity(followers.after[a]), rarity(followers.before[b]));
      if (bits < 2) continue;
      const last = found.at(-1);
      if (last && after - last.at <= NEAR) {
        last.bits = Math.max(last.bits, bits) + OTHERS * Math.min(last.bits, bits);
        last.at = after;
        continue;
      }
      found.push({
        kind: 'order',
        template: b,
        shape: `behind ${text(a)}`,
        rows: [after, before],
        bits,
        found: `it came right behind: ${text(a)}`,
        expected: usual(followers, a, text),
        at: after,
      });
    }
    return found.map(({ at: _, ...sighting }) => ({ ...sighting, bits: Math.min(sighting.bits, MOST) }));
  },
};

/** Rows that follow each other: in a session where the log has sessions, otherwise in the log. */
function* neighbours(events: Events, { from, to }: Span): Generator<[before: number, after: number]> {
  const known = (row: number) => originOf(events.template[row]) === KNOWN;
  if (events.session.length === 0) {
    for (let row = from + 1; row < to; row++) if (known(row - 1) && known(row)) yield [row - 1, row];
    return;
  }
  const last = new Map<number, number>();
  for (let i = 0; i < events.session.length; i++) {
    const row = events.sessionRow[i];
    if (row < from || row >= to || !known(row)) continue;
    const before = last.get(events.session[i]);
    if (before !== undefined) yield [before, row];
    last.set(events.session[i], row);
  }
}

function plus([times, kinds]: [number, number] = [0, 0], known: number): [number, number] {
  return [times + 1, known === 0 ? kinds + 1 : kinds];
}

/** Bits of an unseen neighbour (Witten and Bell, 1991: kinds seen / (times + kinds)). */
function rarity([times, kinds]: [number, number] = [0, 0]): number {
  return times === 0 ? 0 : -Math.log2(kinds / (times + kinds));
}

function usual({ pairs }: Followers, a: number, text: (template: number) => string): string {
  const followers = Object.entries(pairs).filter(([pair]) => pair.startsWith(`${a}>`));
  const [likeliest] = followers.sort(([, x], [, y]) => y - x);
  if (!likeliest) return 'nothing ever came behind it';
  const [pair, times] = likeliest;
  return `then mostly (${times} times): ${text(Number(pair.slice(pair.indexOf('>') + 1)))}`;
}
