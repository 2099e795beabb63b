// Known oddities put into the second half of a sample of Loghub. What a line is comes from the sample's hand-made
// templates, never from our parser.

/** Lines that a removal spans, and occurrences that it must take away. */
const SPAN = 200;
const MIN_REMOVED = 10;
/** Lines kept free around an injection. */
const ROOM = 8;

export const KINDS = ['foreign', 'repeated', 'removed', 'swapped', 'times 1000'];

/**
 * Puts `each` injections of every kind into `second`, as far as the sample carries them.
 * @param rows {text, event, content, template} of both halves
 * @param foreign lines of other systems
 * @returns lines, and injections as {kind, from, to, event}, 1-based lines of the result
 */
export function inject(first, second, foreign, random, each = 4) {
  const items = second.map((row) => ({ ...row, marks: [] }));
  const taken = new Uint8Array(items.length);
  const injections = [];
  // The removals need most room, so they go first.
  for (const kind of ['removed', 'swapped', 'times 1000', 'repeated', 'foreign']) {
    for (let n = 0; n < each; n++) {
      const injection = PUT[kind]({ first, items, taken, foreign, random });
      if (!injection) break;
      injection.kind = kind;
      injections.push(injection);
    }
  }
  const lines = [];
  for (const item of items) {
    for (const { text, injection } of item.before ?? []) push(lines, text, injection);
    if (!item.removed) push(lines, item.text, item.injection);
    else item.removed.at(lines.length);
    for (const { text, injection } of item.after ?? []) push(lines, text, injection);
  }
  return { lines, injections: injections.map(({ kind, from, to, event }) => ({ kind, from, to, event })) };
}

function push(lines, text, injection) {
  lines.push(text);
  if (!injection) return;
  injection.from ??= lines.length;
  injection.to = lines.length;
}

const PUT = {
  foreign({ items, taken, foreign, random }) {
    const at = place(taken, random, 1, () => true);
    if (at < 0) return undefined;
    const injection = {};
    items[at].before = [{ text: random.pick(foreign), injection }];
    return injection;
  },

  repeated({ items, taken, random }) {
    const at = place(taken, random, 1, () => true);
    if (at < 0) return undefined;
    const injection = {};
    items[at].injection = injection;
    items[at].after = Array.from({ length: 9 }, () => ({ text: items[at].text, injection }));
    return injection;
  },

  /** A template that the first half holds in every 200 lines, gone for 200 lines that held ten of it. */
  removed({ first, items, taken, random }) {
    const frequent = [...new Set(items.map(({ event }) => event))].filter((event) => longestGap(first, event) < SPAN);
    for (const event of random.shuffle([...frequent])) {
      const starts = random.shuffle(Array.from({ length: items.length - SPAN }, (_, i) => i));
      const start = starts.find((at) => {
        const span = items.slice(at, at + SPAN);
        if (span.some((row) => row.removed)) return false;
        return span.filter((row) => row.event === event).length >= MIN_REMOVED;
      });
      if (start === undefined) continue;
      const injection = { event };
      for (let at = start; at < start + SPAN; at++) {
        if (items[at].event !== event) continue;
        taken[at] = 1;
        items[at].removed = {
          at: (line) => {
            injection.from ??= line;
            injection.to = line + 1;
          },
        };
      }
      // Another removal must not touch these lines.
      for (let at = start; at < start + SPAN; at++) items[at].removed ??= undefined;
      return injection;
    }
    return undefined;
  },

  /** Two neighbours that the first half shows in this order three times or more, and never in the other. */
  swapped({ first, items, taken, random }) {
    const pairs = new Map();
    for (let i = 1; i < first.length; i++) {
      const pair = `${first[i - 1].event} ${first[i].event}`;
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    }
    const at = place(taken, random, 2, (i) => {
      const [a, b] = [items[i].event, items[i + 1].event];
      return a !== b && (pairs.get(`${a} ${b}`) ?? 0) >= 3 && !pairs.has(`${b} ${a}`);
    });
    if (at < 0) return undefined;
    const injection = {};
    const [a, b] = [items[at].text, items[at + 1].text];
    Object.assign(items[at], { text: b, injection });
    Object.assign(items[at + 1], { text: a, injection });
    return injection;
  },

  /** A number, not 0, that is a parameter of a template which the first half shows five times or more. */
  'times 1000'({ first, items, taken, random }) {
    const seen = new Map();
    for (const { event } of first) seen.set(event, (seen.get(event) ?? 0) + 1);
    const at = place(taken, random, 1, (i) => (seen.get(items[i].event) ?? 0) >= 5 && numbersIn(items[i]).length > 0);
    if (at < 0) return undefined;
    const { start, end } = random.pick(numbersIn(items[at]));
    const injection = {};
    const { text } = items[at];
    Object.assign(items[at], {
      text: `${text.slice(0, start)}${text.slice(start, end)}000${text.slice(end)}`,
      injection,
    });
    return injection;
  },
};

/** Most lines without the event, the ends included. */
function longestGap(rows, event) {
  let [last, longest] = [-1, 0];
  for (let i = 0; i <= rows.length; i++) {
    if (i < rows.length && rows[i].event !== event) continue;
    longest = Math.max(longest, i - last - 1);
    last = i;
  }
  return longest;
}

/** A random place of `length` lines with room around it, which it takes. */
function place(taken, random, length, fits) {
  const order = random.shuffle(Array.from({ length: taken.length - 2 * ROOM - length }, (_, i) => i + ROOM));
  for (const at of order) {
    let free = true;
    for (let i = at - ROOM; i < at + length + ROOM; i++) if (taken[i]) free = false;
    if (!free || !fits(at)) continue;
    for (let i = at; i < at + length; i++) taken[i] = 1;
    return at;
  }
  return -1;
}

/** Whole numbers, not 0, that stand alone where the hand-made template has a parameter. */
function numbersIn({ text, content, template }) {
  const pattern = template
    .split('<*>')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('(.*?)');
  const match = new RegExp(`^${pattern}$`, 'd').exec(content);
  const offset = text.length - content.length;
  if (!match || !text.endsWith(content)) return [];
  return match.indices
    .slice(1)
    .filter(Boolean)
    .map(([start, end]) => ({ start: start + offset, end: end + offset }))
    .filter(({ start, end }) => /^[1-9]\d{0,11}$/.test(text.slice(start, end)));
}
