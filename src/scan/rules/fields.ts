import { type Events, FIELD, KNOWN, originOf, type Span } from '../events.js';
import type { Sighting } from '../finding.js';
import { noveltyBits, type Rule, rarityBits } from './rule.js';

/** Of each template that has named values: how often it came, and each name with it. */
type Named = Record<number, { seen: number; of: Record<string, number> }>;

/** Lines of a template before a name that they lack, or have, means anything. */
const MIN_SEEN = 4;
const LEAST = 3;

/** A named value that lines of this template never had, or that is not there though nearly all have it. */
export const fields: Rule<Named> = {
  learn(events, span, state) {
    const learnt = structuredClone(state ?? {});
    for (const { template, names } of namesOf(events, span)) {
      if (originOf(template) !== KNOWN) continue;
      learnt[template] ??= { seen: 0, of: {} };
      learnt[template].seen++;
      for (const name of names) learnt[template].of[name] = (learnt[template].of[name] ?? 0) + 1;
    }
    return learnt;
  },

  judge(events, span, learnt, { text, onlyUnseen }) {
    const sightings: Sighting[] = [];
    const tell = (row: number, bits: number, found: string, expected: string) => {
      if (bits < LEAST) return;
      const where = `${found} in: ${text(events.template[row])}`;
      sightings.push({ kind: 'field', template: -1, shape: found, rows: [row], bits, found: where, expected });
    };
    for (const { template, row, names } of namesOf(events, span)) {
      const { seen, of } = learnt[template] ?? { seen: 0, of: {} };
      if (seen < MIN_SEEN) continue;
      const once = Object.values(of).filter((times) => times === 1).length;
      for (const name of names) {
        if (of[name] === undefined) tell(row, noveltyBits(seen, once), `a field ${name}`, `none in ${seen} such lines`);
      }
      for (const name in of) {
        const lacking = seen - of[name];
        if (names.has(name) || (onlyUnseen && lacking > 0)) continue;
        tell(row, rarityBits(lacking, seen), `no field ${name}`, `one in ${of[name]} of ${seen} such lines`);
      }
    }
    return sightings;
  },
};

/** The names in each row of a log that has any. */
function* namesOf({ template, valueStart, slot, fields: table }: Events, { from, to }: Span) {
  if (table.size === 0) return;
  const texts = Array.from({ length: table.size }, (_, i) => table.text(i));
  for (let row = from; row < to; row++) {
    const names = new Set<string>();
    for (let at = valueStart[row]; at < valueStart[row + 1]; at++) {
      if (slot[at] >= FIELD) names.add(texts[slot[at] - FIELD]);
    }
    yield { row, template: template[row], names };
  }
}
