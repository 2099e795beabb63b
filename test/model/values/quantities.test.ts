import { describe, expect, it } from 'vitest';
import { NumberTable } from '../../../src/data/eventNumbers.js';
import { type NumberedEvents, Quantities } from '../../../src/model/values/quantities.js';

const KEY = 5;
const V = 8;

/** One session of events of one key, an event each second. */
function session(parameters: readonly (readonly string[])[], gaps = parameters.map(() => 1000)): NumberedEvents {
  const table = new NumberTable();
  for (const texts of parameters) table.add(texts);
  return {
    keys: new Int32Array(parameters.length).fill(KEY),
    offsets: Uint32Array.of(0, parameters.length),
    rows: Uint32Array.from(parameters, (_, i) => i),
    numbers: table.finish(),
    gaps: Int32Array.from(gaps),
  };
}

function fitted(events: NumberedEvents) {
  return Quantities.fit(events, V, () => true);
}

const up = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('quantities', () => {
  it('are parameters that are always numbers, and the pause; no ids, no counters', () => {
    const events = session(
      up(40).map((i) => [`blk_${i}`, String(100 + (i % 4)), String(7000 + i), i === 39 ? 'x' : '1']),
    );
    const [quantities, summary] = fitted(events);
    expect(summary).toEqual({ parameters: 1, templates: 1, pauses: 1, without: 0, counters: 1, left: 0 });
    const told = quantities.tell(
      KEY,
      quantities.vectors(events).subarray(2, 4),
      Float32Array.of(0, 0),
      Float32Array.of(0, 4),
    );
    expect(told.map(({ parameter }) => parameter)).toEqual([null, 1]);
    expect(told[0].found).toBeCloseTo(1);
    expect(told[1].found).toBeCloseTo(101);
    expect(told[1].deviations).toBe(4);
    expect(told[1].expected).toBeCloseTo(101.5);
  });

  it('come in deviations from the mean, and not at all where an event has fewer parameters', () => {
    const events = session(up(40).map((i) => (i < 5 ? ['9999'] : ['a', i % 2 === 0 ? '10' : '20'])));
    const [quantities] = fitted(events);
    const vectors = quantities.vectors(events);
    const P = quantities.width;
    expect(P).toBe(2);
    expect(vectors[P + 1]).toBeNaN();
    expect([...vectors.subarray(30 * P, 32 * P)].map((x) => Math.round(10 * x) / 10 + 0)).toEqual([0, -1, 0, 1]);
    expect(vectors[0]).toBeNaN(); // nothing is before the first event
  });

  it('tell a number that never changed in training from another one', () => {
    const events = session(up(20).map(() => ['50010']));
    const [quantities] = fitted(events);
    const vectors = quantities.vectors(session([['50010'], ['8020']]));
    expect(vectors[1]).toBe(0);
    expect(vectors[3]).toBeLessThan(-5);
  });

  it('need to be seen ten times, and the widest template leaves some out', () => {
    expect(fitted(session(up(9).map(() => ['1'])))[1]).toMatchObject({ parameters: 0, pauses: 0, without: 1 });
    const wide = session(up(30).map((i) => up(20).map((j) => String((i * (j + 1)) % 7))));
    expect(fitted(wide)[0].width).toBe(16);
    expect(fitted(wide)[1].left).toBe(5);
  });

  it('are read back from a checkpoint', () => {
    const events = session(up(40).map((i) => [String(i % 3)]));
    const [quantities] = fitted(events);
    expect(Quantities.from(quantities.tensors()).vectors(events)).toEqual(quantities.vectors(events));
  });
});
