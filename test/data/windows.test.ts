import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countWindows } from '../../src/data/windows.js';

const cases = fc
  .record({ lines: fc.nat(120), border: fc.nat(130), length: fc.integer({ min: 1, max: 30 }), share: fc.nat(100) })
  .map(({ share, ...rest }) => ({ ...rest, step: 1 + Math.floor((share / 101) * rest.length) }));

function windowsOf(lines: number, options: { length: number; step: number; border: number }, labels?: number[]) {
  return countWindows(
    {
      templates: Int32Array.from({ length: lines }, (_, i) => i * 3),
      labels: Int8Array.from(labels ?? new Array(lines).fill(-1)),
      name: (first, last) => `lines ${first + 1}-${last + 1}`,
    },
    options,
  );
}

test('no window straddles the border, and none is longer than asked', () => {
  fc.assert(
    fc.property(cases, ({ lines, ...options }) => {
      const { ids, offsets, rows } = windowsOf(lines, options);
      for (let i = 0; i < ids.length; i++) {
        const window = rows.subarray(offsets[i], offsets[i + 1]);
        expect(window.length).toBeGreaterThan(0);
        expect(window.length).toBeLessThanOrEqual(options.length);
        expect(window[0] < options.border).toBe(window[window.length - 1] < options.border);
      }
    }),
  );
});

test('every line is in a window, in order, and in one only when windows do not overlap', () => {
  fc.assert(
    fc.property(cases, ({ lines, ...options }) => {
      const { rows, events } = windowsOf(lines, options);
      expect(new Set(rows).size).toBe(lines);
      expect([...events]).toEqual([...rows].map((row) => row * 3));
      if (options.step === options.length) expect([...rows]).toEqual(Array.from({ length: lines }, (_, i) => i));
    }),
  );
});

test('a window takes the worst label of its lines, and its name from its first and last', () => {
  const labels = [-1, -1, -1, 0, -1, -1, 0, 1, 0, 0];
  const windows = windowsOf(10, { length: 3, step: 3, border: 7 }, labels);
  expect(windows.ids).toEqual(['lines 1-3', 'lines 4-6', 'lines 7-7', 'lines 8-10']);
  expect([...windows.labels]).toEqual([-1, 0, 0, 1]);
});

test('overlapping windows stop when the last line is in one', () => {
  const { ids } = windowsOf(6, { length: 4, step: 1, border: Number.POSITIVE_INFINITY });
  expect(ids).toEqual(['lines 1-4', 'lines 2-5', 'lines 3-6']);
});
