import type { Events } from '../events.js';
import type { Sighting } from '../finding.js';
import { noveltyBits, type Rule } from './rule.js';

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
/** More than the slots of any message. */
const MAX_SLOTS = 1 << 25;
/** Values needed before a missing one means anything. */
const MIN_SEEN = 4;
/** Most bits for being beyond all numbers before, and for being a thousand times beyond. */
const MAX_RECORD = 4;
const MAX_MAGNITUDE = 10;

/** Values that training never held at this place of this template: numbers beyond the range, words not among the few. */
export const values: Rule<Places> = {
  learn(events, { from, to }, state) {
    const places = structuredClone(state ?? {});
    const find = finder(places, emptyPlace);
    for (let row = from; row < to; row++) {
      for (let at = events.valueStart[row]; at < events.valueStart[row + 1]; at++) {
        learnValue(find(events.template[row], events.slot[at]), events, at);
      }
    }
    return places;
  },

  judge(events, { from, to }, places) {
    const sightings: Sighting[] = [];
    const find = finder(places);
    for (let row = from; row < to; row++) {
      for (let at = events.valueStart[row]; at < events.valueStart[row + 1]; at++) {
        const place = find(events.template[row], events.slot[at]);
        if (!place) continue;
        if (place.seen < MIN_SEEN) continue;
        const bits = Math.max(choiceBits(place, events, at), rangeBits(place, events, at));
        if (bits < 1) continue;
        sightings.push({
          kind: 'parameter',
          template: events.template[row],
          shape: `value ${events.slot[at]}`,
          rows: [row],
          bits,
          found: `the value ${textOf(events, at)}`,
          expected: usual(place),
        });
      }
    }
    return sightings;
  },
};

/** Looks places up, remembering them by number; those that aren't there are made, if `make` is given. */
function finder(places: Places, make: () => Place): (template: number, slot: number) => Place;
function finder(places: Places): (template: number, slot: number) => Place | undefined;
function finder(places: Places, make?: () => Place) {
  const known = new Map<number, Place | undefined>();
  return (template: number, slot: number) => {
    const number = template * MAX_SLOTS + slot;
    if (known.has(number)) return known.get(number);
    const key = `${template}:${slot}`;
    if (make) places[key] ??= make();
    const place = places[key];
    known.set(number, place);
    return place;
  };
}

function textOf({ value, isWord, words }: Events, at: number): string {
  return isWord[at] ? words.text(value[at]) : String(value[at]);
}

function emptyPlace(): Place {
  return { seen: 0, numbers: 0, min: null, max: null, records: 0, changes: 0, last: '', choices: {} };
}

function learnValue(place: Place, events: Events, at: number): void {
  place.seen++;
  if (place.choices) {
    const text = textOf(events, at);
    if (text !== place.last) place.changes++;
    place.last = text;
    place.choices[text] = (place.choices[text] ?? 0) + 1;
    if (Object.keys(place.choices).length > MAX_CHOICES) place.choices = null;
  }
  if (events.isWord[at]) return;
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

/** A value that is none of the few. Numbers that fill their range are a range, not a choice. */
function choiceBits({ changes, choices, numbers, min, max }: Place, events: Events, at: number): number {
  if (!choices || choices[textOf(events, at)] !== undefined) return 0;
  const times = Object.values(choices);
  if (!events.isWord[at] && numbers > 0 && (max ?? 0) - (min ?? 0) < 2 * times.length) return 0;
  return Math.max(0, noveltyBits(changes, times.filter((n) => n === 1).length));
}

/** A number beyond the range: how seldom that happens, and how far it is beyond. */
function rangeBits({ seen, numbers, min, max, records }: Place, events: Events, at: number): number {
  if (events.isWord[at] || numbers < seen / 2 || min === null || max === null) return 0;
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
