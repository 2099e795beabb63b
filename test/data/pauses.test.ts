import { describe, expect, it } from 'vitest';
import { distinctSequences } from '../../src/data/distinct.js';
import { gapsOf } from '../../src/data/gaps.js';
import { PAUSE_CLASSES, pauseClasses } from '../../src/data/pauses.js';

describe('pauses', () => {
  it('are classes that double, with one for events out of order and none for 0', () => {
    const gaps = Int32Array.of(-5, 0, 1, 2, 3, 7, 1000, 1023, 0x7fffffff);
    expect([...pauseClasses(gaps)]).toEqual([1, 1, 2, 2, 3, 4, 10, 11, 32]);
    expect(Math.max(...pauseClasses(gaps))).toBeLessThan(PAUSE_CLASSES);
  });

  it('are counted from the event before in the same sequence', () => {
    const times = Float64Array.of(0, 5, 7, 1e12);
    const gaps = gapsOf({ offsets: Uint32Array.of(0, 2, 4), rows: Uint32Array.of(0, 2, 1, 3) }, { times });
    expect([...gaps!]).toEqual([0, 7, 0, 0x7fffffff]);
    expect(gapsOf({ offsets: Uint32Array.of(0, 1), rows: Uint32Array.of(0) }, { times: undefined })).toBeUndefined();
  });

  it('tell sessions apart where they count', () => {
    const sessions = {
      ids: ['a', 'b', 'c'],
      offsets: Uint32Array.of(0, 2, 4, 6),
      events: Int32Array.of(1, 2, 1, 2, 1, 2),
    };
    const pauses = { width: 1, data: Uint8Array.of(1, 4, 1, 9, 1, 4) };
    expect(distinctSequences(sessions, () => true).sequences).toHaveLength(1);
    const timed = distinctSequences(sessions, () => true, pauses);
    expect([...timed.of]).toEqual([0, 1, 0]);
    expect(timed.details!.map((one) => [...one])).toEqual([
      [1, 4],
      [1, 9],
    ]);
  });
});
