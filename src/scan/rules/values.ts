import { type Events, FIELD, FREE, NUMBER, type Span, WORD } from '../events.js';
import type { Sighting } from '../finding.js';
import { noveltyBits, type Rule, type RuleContext } from './rule.js';

/** What one place of a template held. */
interface Place {
  seen: number;
  /** How many of them were numbers. */
  numbers: number;
  /** Of the numbers. */
  min: number | null;
  max: number | null;
  /** How often a number was beyond all before it: a counter does so with each line. */
  records: number;
  /** How often the value wasn't the one before: values that come in runs tell less than their number. */
  changes: number;
  last: string;
  /** Times of each value; null once there are too many to be a choice. */
  choices: Record<string, number> | null;
}

type Places = Record<string, Place>;

const MAX_CHOICES = 40;
/** More than there are slots. */
const MAX_SLOTS = 2 * FIELD;
/** Known values of a field of codes. */
const MOST_CODES = 10;
/** Values needed before a missing one means anything. */
const MIN_SEEN = 4;
/** Most bits for being beyond all numbers before, and for being a thousand times beyond. */
const MAX_RECORD = 4;
const MAX_MAGNITUDE = 10;

/** Values that training never held at this place of this template: numbers beyond the range, words not among the few. */
export const values: Rule<Places> = {
  learn(events, { from, to }, state) {
    const places = structuredClone(state ?? {});
    const find = finder(places, events, emptyPlace);
    for (let row = from; row < to; row++) {
      for (let at = events.valueStart[row]; at < events.valueStart[row + 1]; at++) {
        learnValue(find(events.template[row], events.slot[at]), events, at);
      }
    }
    return places;
  },

  judge(events, { from, to }, places, { text }) {
    const sightings: Sighting[] = [];
    const find = finder(places, events);
    const usualUntil = lastUsual(events, { from, to }, find);
    for (let row = from; row < to; row++) {
      for (let at = events.valueStart[row]; at < events.valueStart[row + 1]; at++) {
        const place = find(events.template[row], events.slot[at]);
        if (!place) continue;
        if (place.seen < MIN_SEEN) continue;
        const choice = choiceBits(place, events, at, row < (usualUntil.get(place) ?? 0));
        const bits = Math.max(choice, rangeBits(place, events, at));
        if (bits >= 1) sightings.push(sightingOf(events, row, at, { place, bits, text }));
      }
    }
    return sightings;
  },
};

interface Odd {
  place: Place;
  bits: number;
  text: RuleContext['text'];
}

/** The same value of a field has the same cause whatever the line says beside it. */
function sightingOf(events: Events, row: number, at: number, { place, bits, text }: Odd): Sighting {
  const [template, slot] = [events.template[row], events.slot[at]];
  const shared = { kind: 'parameter' as const, rows: [row], bits, expected: usual(place) };
  const value = textOf(events, at);
  if (slot < FIELD) return { ...shared, template, shape: `value ${slot}`, found: `the value ${value}` };
  const name = events.fields.text(slot - FIELD);
  return {
    ...shared,
    template: -1,
    shape: isCode(place) ? `${name} = ${value}` : name,
    found: `${name} is ${value} in: ${text(template)}`,
  };
}

/** Whether each value means something of its own, as the status of an answer does, rather than how much there was. */
function isCode({ choices }: Place): boolean {
  return choices !== null && Object.keys(choices).length <= MOST_CODES;
}

/** Looks places up, remembering them by number; those that aren't there are made, if `make` is given. */
function finder(places: Places, events: Events, make: () => Place): (template: number, slot: number) => Place;
function finder(places: Places, events: Events): (template: number, slot: number) => Place | undefined;
function finder(places: Places, { fields }: Events, make?: () => Place) {
  const known = new Map<number, Place | undefined>();
  return (template: number, slot: number) => {
    const number = template * MAX_SLOTS + slot;
    if (known.has(number)) return known.get(number);
    const key = `${template}:${slot < FIELD ? slot : fields.text(slot - FIELD)}`;
    if (make) places[key] ??= make();
    const place = places[key];
    known.set(number, place);
    return place;
  };
}

function textOf({ value, type, words }: Events, at: number): string {
  return type[at] === WORD ? words.text(value[at]) : String(value[at]);
}

function emptyPlace(): Place {
  return { seen: 0, numbers: 0, min: null, max: null, records: 0, changes: 0, last: '', choices: {} };
}

function learnValue(place: Place, events: Events, at: number): void {
  place.seen++;
  if (events.type[at] === FREE) place.choices = null;
  if (place.choices) {
    const text = textOf(events, at);
    if (text !== place.last) place.changes++;
    place.last = text;
    place.choices[text] = (place.choices[text] ?? 0) + 1;
    if (Object.keys(place.choices).length > MAX_CHOICES) place.choices = null;
  }
  if (events.type[at] !== NUMBER) return;
  place.numbers++;
  const value = events.value[at];
  if (place.max === null || place.min === null) {
    place.min = value;
    place.max = value;
  } else if (value > place.max || value < place.min) {
    place.min = Math.min(place.min, value);
    place.max = Math.max(place.max, value);
    place.records++;
  }
}

/** The last row in which a named value is one that was learnt. */
function lastUsual(events: Events, { from, to }: Span, find: (template: number, slot: number) => Place | undefined) {
  const rows = new Map<Place, number>();
  for (let row = from; row < to; row++) {
    for (let at = events.valueStart[row]; at < events.valueStart[row + 1]; at++) {
      if (events.slot[at] < FIELD) continue;
      const place = find(events.template[row], events.slot[at]);
      if (place?.choices?.[textOf(events, at)] !== undefined) rows.set(place, row);
    }
  }
  return rows;
}

/**
 * A value that is none of the few. Numbers that fill their range are a range, not a choice.
 * @param returns whether the usual ones come again: a switch for good, such as of a version, is one change among those seen
 */
function choiceBits(place: Place, events: Events, at: number, returns: boolean): number {
  const { seen, changes, choices, numbers, min, max } = place;
  if (!choices || events.type[at] === FREE || choices[textOf(events, at)] !== undefined) return 0;
  const times = Object.values(choices);
  if (events.type[at] === NUMBER && numbers > 0 && (max ?? 0) - (min ?? 0) < 2 * times.length) return 0;
  return Math.max(0, noveltyBits(returns ? seen : changes, times.filter((n) => n === 1).length));
}

/** A number beyond the range: how seldom that happens, and how far it is beyond. */
function rangeBits({ seen, numbers, min, max, records }: Place, events: Events, at: number): number {
  if (events.type[at] !== NUMBER || numbers < seen / 2 || min === null || max === null) return 0;
  const value = events.value[at];
  const beyond = Math.max(value - max, min - value);
  if (beyond <= 0) return 0;
  const unit = Math.max(max - min, Math.max(Math.abs(min), Math.abs(max)) / 10, 1);
  const magnitude = Math.min(MAX_MAGNITUDE, Math.log2(1 + beyond / unit));
  return Math.max(0, Math.min(MAX_RECORD, noveltyBits(numbers, records))) + magnitude;
}

function usual({ min, max, choices, numbers, seen }: Place): string {
  const known = choices && Object.entries(choices).sort(([, a], [, b]) => b - a);
  if (known && known.length <= 5) return known.map(([text, times]) => `${text} (${times} times)`).join(', ');
  if (min !== null && numbers >= seen / 2) return `a number from ${min} to ${max} (${seen} seen)`;
  const some = known?.slice(0, 3).map(([text]) => text);
  return some ? `one of ${known?.length} values, such as ${some.join(', ')}` : `something else (${seen} seen)`;
}
