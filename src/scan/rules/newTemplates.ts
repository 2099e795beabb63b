import { FRESH, FRESH_ODD, KNOWN, ODD, originOf } from '../events.js';
import type { Sighting } from '../finding.js';
import { noveltyBits, type Rule } from './rule.js';

/** How often each template and each shape of odd lines was seen. */
interface Seen {
  rows: number;
  counts: Record<number, number>;
}

/** Lines of a kind that training never showed. A kind that is like a known one is less surprising. */
export const newTemplates: Rule<Seen> = {
  learn({ template }, { from, to }, state) {
    const { rows, counts } = structuredClone(state ?? { rows: 0, counts: {} });
    for (let row = from; row < to; row++) counts[template[row]] = (counts[template[row]] ?? 0) + 1;
    return { rows: rows + to - from, counts };
  },

  judge({ template }, { from, to }, { rows, counts }, { nearest }) {
    const once = seenOnce(counts, KNOWN);
    const oddOnce = seenOnce(counts, ODD);
    const known = knownKinds(counts, KNOWN);
    const oddKnown = knownKinds(counts, ODD);
    const found = new Map<number, number[]>();
    for (let row = from; row < to; row++) {
      if (counts[template[row]] !== undefined) continue;
      const seen = found.get(template[row]);
      if (seen) seen.push(row);
      else found.set(template[row], [row]);
    }
    return Array.from(found, ([id, at]): Sighting => {
      const odd = originOf(id) === FRESH_ODD;
      const near = originOf(id) === FRESH || odd ? nearest(id) : undefined;
      return {
        kind: odd ? 'rejected' : 'new-template',
        template: id,
        shape: '',
        rows: at,
        bits: noveltyBits(rows, odd ? oddOnce : once) * (1 - (near?.likeness ?? 0) / 2),
        found: odd
          ? 'a line without the usual header, of a kind that was never seen'
          : 'a kind of line that was never seen',
        expected: near ? `something like: ${near.text}` : odd ? oddKnown : known,
      };
    });
  },
};

function knownKinds(counts: Seen['counts'], origin: number): string {
  const kinds = Object.keys(counts).filter((id) => originOf(Number(id)) === origin).length;
  if (kinds === 0) return 'a line with the usual header';
  return kinds === 1 ? 'the one known kind of lines' : `one of the ${kinds} known kinds of lines`;
}

function seenOnce(counts: Seen['counts'], origin: number): number {
  return Object.entries(counts).filter(([id, count]) => count === 1 && originOf(Number(id)) === origin).length;
}
