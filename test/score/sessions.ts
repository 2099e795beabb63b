import { EXCLUDED, type Sessions, TEST, TRAIN, VALIDATION } from '../../src/data/sessions.js';

export interface Example {
  split: 'train' | 'validation' | 'test' | 'excluded';
  label?: number;
  events: ArrayLike<number>;
}

const SPLIT = { train: TRAIN, validation: VALIDATION, test: TEST, excluded: EXCLUDED };

/** Sessions `s0`, `s1`, ... from a list, as key files give them. */
export function sessionsOf(examples: Example[]): Sessions {
  const offsets = new Uint32Array(examples.length + 1);
  examples.forEach(({ events }, i) => {
    offsets[i + 1] = offsets[i] + events.length;
  });
  const events = new Int32Array(offsets[examples.length]);
  examples.forEach((example, i) => {
    events.set(example.events, offsets[i]);
  });
  return {
    ids: examples.map((_, i) => `s${i}`),
    labels: Int8Array.from(examples, ({ label }) => label ?? -1),
    splits: Uint8Array.from(examples, ({ split }) => SPLIT[split]),
    offsets,
    events,
    rows: undefined,
  };
}
