import type { Random } from '../random.js';

/** Ways to make a session one that never happened. */
const WAYS = [drop, swap, replace];

/**
 * The sequence with one event taken out, changed for another template, or put behind its neighbour; undefined where it
 * is too short or too uniform for that.
 * @param templates what an event may be changed for
 */
export function disturbed(events: Int32Array, templates: Int32Array, random: Random): Int32Array | undefined {
  for (const way of random.shuffle([...WAYS])) {
    const result = way(events, templates, random);
    if (result) return result;
  }
  return undefined;
}

/** Never the last event: a session may always stop early where the log ends. */
function drop(events: Int32Array, _templates: Int32Array, random: Random): Int32Array | undefined {
  if (events.length < 3) return undefined;
  const at = random.int(events.length - 1);
  return events.filter((_, i) => i !== at);
}

function swap(events: Int32Array, _templates: Int32Array, random: Random): Int32Array | undefined {
  const places = Array.from(events.keys()).filter((i) => i > 0 && events[i - 1] !== events[i]);
  if (places.length === 0) return undefined;
  const at = random.pick(places);
  const result = events.slice();
  [result[at - 1], result[at]] = [events[at], events[at - 1]];
  return result;
}

function replace(events: Int32Array, templates: Int32Array, random: Random): Int32Array | undefined {
  const at = random.int(events.length);
  const others = templates.filter((template) => template !== events[at]);
  if (others.length === 0) return undefined;
  const result = events.slice();
  result[at] = others[random.int(others.length)];
  return result;
}
